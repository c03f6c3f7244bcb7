/** A place of a {@link FairQueue}, or the wait for one. */
export interface Turn {
  /** Resolves when the place is free. Never resolves after {@link leave}. */
  readonly started: Promise<void>;
  /** Frees the place, or ends the wait. Later calls do nothing. */
  readonly leave: () => void;
}

interface Owner {
  taken: number;
  /** Functions that start a waiting turn, the oldest first. */
  readonly waiting: Set<() => void>;
  readonly maxTaken: number;
}

/**
 * Admits the work of many owners to a limited number of places. Each owner takes at most its own limit of them. Owners
 * that wait get the free places in rotation, so none waits for more than one turn of each other owner.
 */
export class FairQueue {
  /** The owners that have or await a place, in the order of the rotation. */
  private readonly owners = new Map<string, Owner>();
  private taken = 0;

  constructor(
    private readonly places: number,
    private readonly maxWaitingPerOwner: number,
  ) {}

  /** Takes one of the `maxTaken` places of an owner, or waits for one. Returns null if too many of the owner wait. */
  enter(name: string, maxTaken: number): Turn | null {
    const owner = this.owners.get(name) ?? { taken: 0, waiting: new Set(), maxTaken };
    if (owner.waiting.size >= this.maxWaitingPerOwner) return null;
    this.owners.set(name, owner);
    let start!: () => void;
    const started = new Promise<void>((resolve) => (start = resolve));
    owner.waiting.add(start);
    this.startWaiting();
    let hasLeft = false;
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      if (!owner.waiting.delete(start)) {
        owner.taken -= 1;
        this.taken -= 1;
        this.moveToEnd(name, owner);
      }
      if (owner.taken === 0 && owner.waiting.size === 0) this.owners.delete(name);
      this.startWaiting();
    };
    return { started, leave };
  }

  /** Starts as many turns as there are free places. */
  private startWaiting(): void {
    while (this.taken < this.places) {
      const next = this.findNext();
      if (!next) return;
      const [name, owner] = next;
      this.moveToEnd(name, owner);
      const [start] = owner.waiting;
      owner.waiting.delete(start!);
      owner.taken += 1;
      this.taken += 1;
      start!();
    }
  }

  /** An owner that gets or frees a place comes after all others. */
  private moveToEnd(name: string, owner: Owner): void {
    this.owners.delete(name);
    this.owners.set(name, owner);
  }

  private findNext(): [string, Owner] | undefined {
    for (const entry of this.owners) {
      const { waiting, taken, maxTaken } = entry[1];
      if (waiting.size > 0 && taken < maxTaken) return entry;
    }
    return undefined;
  }
}

/** Maximum bytes of bodies that arrive concurrently at one process. */
const MAX_BYTES = 64 * 2 ** 20;

/** The share of one caller, so that a caller cannot take the budget of all others. */
const MAX_BYTES_PER_CALLER = MAX_BYTES / 2;

/** The memory that one body takes while it arrives. */
export interface BodyReservation {
  /** Changes the reserved bytes. Returns false, and reserves no more, if the budget does not allow it. */
  resize(bytes: number): boolean;
  release(): void;
}

/** Limits the memory of all request bodies that are arriving. */
export class BodyBudget {
  private used = 0;
  private readonly usedBy = new Map<string, number>();

  /** Starts with no bytes. Release the reservation on every path. */
  reserve(caller: string): BodyReservation {
    let reserved = 0;
    const resize = (bytes: number): boolean => {
      const change = bytes - reserved;
      const ofCaller = (this.usedBy.get(caller) ?? 0) + change;
      if (change > 0 && (this.used + change > MAX_BYTES || ofCaller > MAX_BYTES_PER_CALLER)) return false;
      this.used += change;
      if (ofCaller > 0) this.usedBy.set(caller, ofCaller);
      else this.usedBy.delete(caller);
      reserved = bytes;
      return true;
    };
    return { resize, release: () => void resize(0) };
  }
}

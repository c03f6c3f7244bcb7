/** First come, first served. `acquire` resolves to the function that hands the turn on. */
export class Mutex {
  private tail: Promise<void> = Promise.resolve();
  private queue = 0;

  /** How many wait, the one whose turn it is included. */
  get length(): number {
    return this.queue;
  }

  acquire(): Promise<() => void> {
    let release!: () => void;
    this.queue += 1;
    const held = new Promise<void>((resolve) => (release = resolve));
    void held.then(() => (this.queue -= 1));
    const turn = this.tail.then(() => release);
    this.tail = this.tail.then(() => held);
    return turn;
  }
}

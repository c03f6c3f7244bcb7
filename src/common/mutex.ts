/** A fair mutex: first come, first served. `acquire` resolves to the function that releases it. */
export class Mutex {
  private tail: Promise<void> = Promise.resolve();
  private queue = 0;

  /** The number of callers that hold the mutex or wait for it. */
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

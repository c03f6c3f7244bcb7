/** Limits work in progress: per key, such as an account, and in total. */
export class InFlightLimit {
  private readonly counts = new Map<string, number>();
  private total = 0;

  constructor(
    private readonly maxPerKey: number,
    private readonly maxTotal: number,
  ) {}

  /** Takes a place. Returns the function that releases it, or null if no place is free. */
  tryEnter(key: string): (() => void) | null {
    const count = this.counts.get(key) ?? 0;
    if (count >= this.maxPerKey || this.total >= this.maxTotal) return null;
    this.counts.set(key, count + 1);
    this.total += 1;
    let entered = true;
    return () => {
      if (entered) this.leave(key);
      entered = false;
    };
  }

  private leave(key: string): void {
    const count = this.counts.get(key)! - 1;
    if (count > 0) this.counts.set(key, count);
    else this.counts.delete(key);
    this.total -= 1;
  }
}

const SLOTS = 6;
const SLOT_MS = 5000;

/** Counts the successes and failures of the last 30 s, in slots of 5 s. */
export class OutcomeWindow {
  private readonly successes = new Array<number>(SLOTS).fill(0);
  private readonly failures = new Array<number>(SLOTS).fill(0);
  /** The number of the newest slot since the start of the clock. */
  private newest = 0;

  add(nowMs: number, isSuccess: boolean): void {
    this.moveTo(nowMs);
    const counts = isSuccess ? this.successes : this.failures;
    counts[this.newest % SLOTS]! += 1;
  }

  /** Whether at least half of at least `minimum` outcomes are failures. */
  isMostlyFailing(nowMs: number, minimum: number): boolean {
    this.moveTo(nowMs);
    const failures = sum(this.failures);
    const total = failures + sum(this.successes);
    return total >= minimum && failures * 2 >= total;
  }

  clear(): void {
    this.successes.fill(0);
    this.failures.fill(0);
  }

  private moveTo(nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS);
    if (slot - this.newest >= SLOTS) this.clear();
    else {
      for (let stale = this.newest + 1; stale <= slot; stale++) {
        this.successes[stale % SLOTS] = 0;
        this.failures[stale % SLOTS] = 0;
      }
    }
    this.newest = Math.max(this.newest, slot);
  }
}

function sum(counts: readonly number[]): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

/**
 * Runs work at most once per interval. Concurrent and later callers share its result or its error, and a run that takes
 * longer than the interval is not joined by another one. For routes that anybody may call.
 */
export class IntervalCache<Result> {
  private latest: { readonly startedAt: number; readonly result: Promise<Result> } | null = null;
  private isRunning = false;

  constructor(
    private readonly intervalMs: number,
    private readonly work: () => Promise<Result>,
  ) {}

  get(): Promise<Result> {
    const now = performance.now();
    if (this.latest && (this.isRunning || now - this.latest.startedAt < this.intervalMs))
      return this.latest.result;
    this.isRunning = true;
    const result = this.work().finally(() => (this.isRunning = false));
    this.latest = { startedAt: now, result };
    return result;
  }
}

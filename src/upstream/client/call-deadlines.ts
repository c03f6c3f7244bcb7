export interface TimedCall {
  /** The place of the call among the calls in progress. Only {@link CallDeadlines} sets it. */
  place: number;
  /** Ends the call if one of its times has passed. `now` is of the monotonic clock, in milliseconds. */
  checkTime(now: number): void;
}

/**
 * Checks the times of all calls in progress with one timer, because three timers for each call cost more than the rest of
 * its bookkeeping. A time is noticed up to two ticks late.
 */
export class CallDeadlines {
  /** An array with places, because adding a call to a Set and deleting it takes a quarter of the CPU of a small call. */
  private readonly calls: TimedCall[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly tickMs: number) {}

  /** The call must not have been added before. */
  add(call: TimedCall): void {
    call.place = this.calls.push(call) - 1;
    this.timer ??= setInterval(() => this.tick(), this.tickMs).unref();
  }

  /** The call must have been added, and not deleted. */
  delete({ place }: TimedCall): void {
    const last = this.calls.pop()!;
    if (place === this.calls.length) return;
    this.calls[place] = last;
    last.place = place;
  }

  private tick(): void {
    if (this.calls.length > 0) {
      const now = performance.now();
      // From the end, because a call that ends leaves its place to the last one.
      for (let place = this.calls.length - 1; place >= 0; place--) this.calls[place]?.checkTime(now);
    } else if (this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }
}

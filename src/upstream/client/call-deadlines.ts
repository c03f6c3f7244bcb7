import { type Placed, PlacedSet } from '../../common/placed-set';

export interface TimedCall extends Placed {
  /** Ends the call if one of its times has passed. `now` is of the monotonic clock, in milliseconds. */
  checkTime(now: number): void;
}

/**
 * Checks the times of all calls in progress with one timer, because three timers for each call cost more than the rest of
 * its bookkeeping. A time is noticed up to two ticks late.
 */
export class CallDeadlines {
  private readonly calls = new PlacedSet<TimedCall>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly tickMs: number) {}

  add(call: TimedCall): void {
    this.calls.add(call);
    this.timer ??= setInterval(() => this.tick(), this.tickMs).unref();
  }

  delete(call: TimedCall): void {
    this.calls.delete(call);
  }

  private tick(): void {
    if (this.calls.size > 0) {
      const now = performance.now();
      this.calls.forEach((call) => call.checkTime(now));
    } else if (this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }
}

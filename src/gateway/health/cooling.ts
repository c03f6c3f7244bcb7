/** Why a target must not be called for a time. */
export type CoolingReason = 'rate_limit' | 'quota' | 'credentials' | 'model_not_found';

/** A time in which a target must not be called. Its end never becomes earlier. */
export class Cooling {
  /** When it began and ends, by the monotonic clock. */
  sinceMs = 0;
  untilMs = 0;
  reason: CoolingReason = 'rate_limit';

  isActive(nowMs: number): boolean {
    return nowMs < this.untilMs;
  }

  extend(nowMs: number, untilMs: number, reason: CoolingReason): void {
    if (untilMs <= this.untilMs) return;
    if (!this.isActive(nowMs)) this.sinceMs = nowMs;
    this.untilMs = untilMs;
    this.reason = reason;
  }
}

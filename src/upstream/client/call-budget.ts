import { upstreamTimeout } from '../upstream-error';

/** The time and the bytes that the calls of one operation share. `signal` cancels them. */
export class CallBudget {
  private readonly endsAt: number;

  constructor(
    deadlineMs: number,
    public remainingBytes: number,
    readonly headersTimeoutMs?: number,
    readonly signal?: AbortSignal,
  ) {
    this.endsAt = performance.now() + deadlineMs;
  }

  /** Throws `upstream_timeout` when no time is left. */
  getRemainingMs(): number {
    const remaining = Math.ceil(this.endsAt - performance.now());
    if (remaining <= 0) throw upstreamTimeout();
    return remaining;
  }
}

import { OutcomeWindow } from './outcome-window';

/** Failures in a row that open a breaker. */
const MAX_IN_A_ROW = 5;
/** Outcomes of the last 30 s, of which half are failures, that open it. */
const MIN_OUTCOMES = 10;
const FIRST_OPEN_MS = 5000;
const MAX_OPEN_MS = 60_000;
/** A trial that never ends must not keep the breaker open. No call waits longer for its first byte. */
const MAX_TRIAL_MS = 600_000;
/** When others look again while a trial is in progress. */
const TRIAL_POLL_MS = 1000;

/**
 * The circuit breaker of one target. Opens after failures, first for 5 s and twice as long after each failed trial, up to
 * 60 s. Then it is half-open: it lets one trial pass at a time, and a success closes it. Times are of the monotonic clock.
 */
export class Breaker {
  failuresInARow = 0;
  /** When it opened, or 0 while it is closed. */
  sinceMs = 0;
  private untilMs = 0;
  private openMs = FIRST_OPEN_MS;
  private trialUntilMs = 0;
  private readonly outcomes = new OutcomeWindow();

  get isOpen(): boolean {
    return this.sinceMs !== 0;
  }

  /** Returns until when calls must pass by, or 0 if one may go through now. */
  blockedUntil(nowMs: number): number {
    if (!this.isOpen) return 0;
    if (nowMs < this.untilMs) return this.untilMs;
    return this.isTrying(nowMs) ? nowMs + TRIAL_POLL_MS : 0;
  }

  /** Whether the time of the open breaker has passed, so that the next call is a trial. */
  isHalfOpen(nowMs: number): boolean {
    return this.isOpen && nowMs >= this.untilMs;
  }

  /** Marks the start of a call. Returns whether it is the trial of an open breaker. */
  begin(nowMs: number): boolean {
    if (!this.isOpen || this.isTrying(nowMs)) return false;
    this.trialUntilMs = nowMs + MAX_TRIAL_MS;
    return true;
  }

  succeed(nowMs: number): void {
    this.failuresInARow = 0;
    if (!this.isOpen) {
      this.outcomes.add(nowMs, true);
      return;
    }
    // What led to the opening is no reason to open again.
    this.outcomes.clear();
    this.sinceMs = 0;
    this.openMs = FIRST_OPEN_MS;
    this.trialUntilMs = 0;
  }

  fail(nowMs: number): void {
    this.failuresInARow++;
    this.outcomes.add(nowMs, false);
    if (!this.isOpen) {
      const hasFailed =
        this.failuresInARow >= MAX_IN_A_ROW || this.outcomes.isMostlyFailing(nowMs, MIN_OUTCOMES);
      if (!hasFailed) return;
      this.sinceMs = nowMs;
      this.untilMs = nowMs + this.openMs;
      return;
    }
    // Calls that began before it opened say nothing new.
    if (!this.isTrying(nowMs)) return;
    this.trialUntilMs = 0;
    this.openMs = Math.min(MAX_OPEN_MS, this.openMs * 2);
    this.untilMs = nowMs + this.openMs;
  }

  /** Ends a trial without an outcome. */
  release(): void {
    this.trialUntilMs = 0;
  }

  private isTrying(nowMs: number): boolean {
    return nowMs < this.trialUntilMs;
  }
}

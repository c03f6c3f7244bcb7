import { DATABASE_DEADLINE_MS } from '../database/pool-health';

/**
 * How long no request waits for a reload after one failed. Longer than the deadline of a statement, so that a request
 * never waits for the database here and again in its own statements.
 */
const NO_WAIT_MS = DATABASE_DEADLINE_MS + 1000;

/** How often requests that use stale rows start a reload. */
const PROBE_INTERVAL_MS = 1000;

/** Whether reloads of tokens fail, because the database is unavailable. */
export class ReloadOutage {
  private failedAt = -Infinity;
  private probedAt = -Infinity;

  get isOngoing(): boolean {
    return performance.now() - this.failedAt < NO_WAIT_MS;
  }

  recordFailure(): void {
    this.failedAt = performance.now();
  }

  recordSuccess(): void {
    this.failedAt = -Infinity;
  }

  /** Returns at most once per interval whether to try a reload that no request waits for. */
  takeProbe(): boolean {
    const now = performance.now();
    if (now - this.probedAt < PROBE_INTERVAL_MS) return false;
    this.probedAt = now;
    return true;
  }
}

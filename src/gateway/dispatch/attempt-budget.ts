import { MAX_ATTEMPTS } from '../../config/gateway-config';

/** Repeats without what an upstream rejected. They do not count as attempts, so they have a limit of their own. */
const MAX_REPAIRS = 2;

export interface AttemptLimits {
  /** From the configuration, or from the settings of the first target. */
  readonly attempts: number;
  /** From the caller, who may only lower the limit. */
  readonly callerAttempts: number | null;
  /** Whether the SDK sends the request again, whose first call had its own attempts. */
  readonly isRepeat: boolean;
  /** No attempt begins after this time, by the monotonic clock. */
  readonly latestStart: number;
}

/** How often one call may still be sent to an upstream. Times are of the monotonic clock. */
export class AttemptBudget {
  private attemptsLeft: number;
  private repairsLeft = MAX_REPAIRS;
  private readonly latestStart: number;

  constructor({ attempts, callerAttempts, isRepeat, latestStart }: AttemptLimits) {
    const own = Math.min(MAX_ATTEMPTS, attempts);
    const allowed = Math.max(1, isRepeat ? Math.ceil(own / 2) : own);
    this.attemptsLeft = Math.min(allowed, callerAttempts ?? Infinity);
    this.latestStart = latestStart;
  }

  /** Whether an attempt may begin at this time. */
  hasAttempt(at: number): boolean {
    return this.attemptsLeft > 0 && at <= this.latestStart;
  }

  /** Returns false if no attempt may begin. */
  takeAttempt(at: number): boolean {
    if (!this.hasAttempt(at)) return false;
    this.attemptsLeft -= 1;
    return true;
  }

  /** Returns false if no repeat without what was rejected may begin. */
  takeRepair(at: number): boolean {
    if (this.repairsLeft === 0 || at > this.latestStart) return false;
    this.repairsLeft -= 1;
    return true;
  }
}

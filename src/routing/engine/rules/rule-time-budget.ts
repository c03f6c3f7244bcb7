import { DomainError } from '../../../common/domain-error';

/**
 * The time that one request may spend on testing rules, in milliseconds, because it blocks the event loop. One condition
 * takes at most about 60 ms: the most expensive patterns that `MAX_PATTERN_STEPS` allows. A condition is not interrupted,
 * so a request may exceed the limit by one.
 */
export const MAX_RULE_TIME_MS = 250;

/** The time that one request has spent on testing rules. */
export class RuleTimeBudget {
  /** Time inside `run` only, because the caller may ask for a fallback long after the first candidate. */
  private spentMs = 0;
  private startedAt: number | null = null;

  get isSpent(): boolean {
    return this.spentMs > MAX_RULE_TIME_MS;
  }

  /** Runs work that counts against the limit. Calls may nest. Throws `routing.too_costly` when the time is spent. */
  run<Result>(work: () => Result): Result {
    if (this.startedAt !== null) return work();
    if (this.isSpent) throw tooCostly();
    this.startedAt = performance.now();
    try {
      return work();
    } finally {
      this.spentMs += performance.now() - this.startedAt;
      this.startedAt = null;
    }
  }

  /** Throws `routing.too_costly` inside `run` when the time is spent. */
  assertLeft(): void {
    if (this.startedAt === null) return;
    if (this.spentMs + performance.now() - this.startedAt > MAX_RULE_TIME_MS) throw tooCostly();
  }
}

function tooCostly(): DomainError {
  return new DomainError(
    'invalid',
    'routing.too_costly',
    `Testing the rules for this request takes more than ${MAX_RULE_TIME_MS} ms. Simplify their patterns, shorten long ` +
      'lists in the rules or in the context, or name the model as "provider^model".',
  );
}

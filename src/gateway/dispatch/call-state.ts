import type { AttemptOutcome } from '../../usage/usage-record';
import type { FailedAttempt } from '../failure/attempt-failures';
import type { Failure } from '../failure/failure';
import { POLICIES } from '../failure/failure-policy';
import type { Attempt } from './attempt';
import { callerTimeoutMs } from './attempt-deadlines';
import type { CallScope } from './call-scope';

/** One attempt as `x-caret-attempt-log` reports it. */
interface LoggedAttempt {
  readonly selector: string;
  /** Null without a response. */
  readonly status: number | null;
  readonly code: string;
  readonly ms: number;
}

/** What has happened to a call so far. */
export class CallState {
  /** Calls of upstreams so far. */
  attempts = 0;
  /** Milliseconds during which attempts were open. */
  private upstreamMs = 0;
  readonly failures: FailedAttempt[] = [];
  readonly log: LoggedAttempt[] = [];
  /** The last rejection of the caller's own request. */
  rejection: { readonly attempt: Attempt; readonly failure: Failure } | null = null;
  readonly warnings: string[];
  /** Whether content has gone to the caller, so that no other target may take over. */
  isCommitted = false;
  /** When the caller stops waiting, by the monotonic clock. Infinity if it does not say. */
  readonly callerDeadline: number;

  constructor(readonly scope: CallScope) {
    const { headers, options, startedAt } = scope.call;
    this.warnings = [...options.warnings];
    this.callerDeadline = startedAt + callerTimeoutMs(headers);
  }

  /** Adds a warning for the caller, once. */
  warn(warning: string): void {
    if (!this.warnings.includes(warning)) this.warnings.push(warning);
  }

  addFailure(attempt: Attempt, failure: Failure): void {
    const { target, status, msTotal } = attempt;
    if (POLICIES[failure.kind].isCallers) this.rejection = { attempt, failure };
    this.upstreamMs += msTotal;
    this.failures.push({ selector: target.selector, failure });
    this.log.push({ selector: target.selector, status, code: failure.code, ms: msTotal });
  }

  addSuccess({ target, status, msTotal }: Attempt): void {
    this.upstreamMs += msTotal;
    this.log.push({ selector: target.selector, status, code: 'ok', ms: msTotal });
  }

  /** Fills in the facts of the access log and the metrics. */
  noteEnd(attempt: Attempt, outcome: AttemptOutcome): void {
    const { facts } = this.scope.call;
    facts.target = attempt.target.selector;
    facts.attempts = this.attempts;
    facts.msUpstream = this.upstreamMs;
    facts.upstreamStatus = attempt.status;
    if (outcome.errorCode !== null) facts.errorCode = outcome.errorCode;
    if (outcome.inputTokens !== null) facts.inputTokens = outcome.inputTokens;
    if (outcome.outputTokens !== null) facts.outputTokens = outcome.outputTokens;
    facts.cost = outcome.cost;
    if (this.warnings.length > 0) facts.warnings = this.warnings;
  }
}

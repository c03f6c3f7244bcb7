import type { AttemptOutcome, UsageStatus } from '../../usage/usage-record';
import type { Failure } from '../failure/failure';
import type { Attempt } from './attempt';
import type { CallState } from './call-state';
import { createOutcome } from './create-outcome';
import type { DispatchServices } from './dispatch-services';

interface HeldAttempt {
  readonly attempt: Attempt;
  readonly failure: Failure;
}

const NOTHING = (): void => undefined;

/**
 * Records the attempts of one call. The row of a failed attempt waits until it is known whether another attempt follows,
 * because each call has exactly one final row.
 */
export class CallRecorder {
  private held: HeldAttempt | null = null;

  constructor(
    private readonly state: CallState,
    private readonly services: Pick<DispatchServices, 'ledger' | 'rejected'>,
  ) {}

  hold(attempt: Attempt, failure: Failure): void {
    this.held = { attempt, failure };
  }

  /** Records the held attempt, because another one follows. */
  recordHeld(): void {
    const { held } = this;
    if (held === null) return;
    this.held = null;
    this.record(held.attempt, 'error', held.failure.code, false, NOTHING);
  }

  /** Records the last attempt. `onWritten` runs when the row is written. */
  recordLast(
    attempt: Attempt,
    status: UsageStatus,
    errorCode: string | null,
    onWritten: (outcome: AttemptOutcome) => void,
  ): void {
    this.record(attempt, status, errorCode, true, onWritten);
  }

  /** Records the end of a call that has no attempt in progress. */
  recordEnd(
    status: UsageStatus,
    httpStatus: number | null,
    errorCode: string | null,
    onWritten: () => void,
  ): void {
    const { held } = this;
    this.held = null;
    if (held !== null) {
      const ended = status === 'ok' ? 'error' : status;
      return this.record(held.attempt, ended, held.failure.code, true, onWritten);
    }
    this.services.rejected.record(this.state.scope.call, status, httpStatus, errorCode);
    onWritten();
  }

  private record(
    attempt: Attempt,
    status: UsageStatus,
    errorCode: string | null,
    isFinal: boolean,
    onWritten: (outcome: AttemptOutcome) => void,
  ): void {
    const outcome = createOutcome(this.state, attempt, status, errorCode, isFinal);
    if (isFinal) this.state.noteEnd(attempt, outcome);
    this.services.ledger.settle(attempt.opened.intent, outcome, () => onWritten(outcome));
  }
}

import type { AttemptOutcome } from '../../usage/usage-record';
import type { Failure } from '../failure/failure';
import type { ReportedFailure } from '../stream/reported-failure';
import type { Attempt } from './attempt';
import type { CallState } from './call-state';

/** What a delivery asks of its call. */
export interface DeliveryOwner {
  readonly state: CallState;
  /** Starts the response. From now on the target is final. */
  commit(attempt: Attempt): void;
  /** Writes to the caller, and pauses the upstream if the caller is slower. */
  write(attempt: Attempt, chunk: Buffer): void;
  /** The upstream stores the response under this id. */
  storeResponse(attempt: Attempt, responseId: string): void;
  /**
   * Ends the attempt as a success. `sendLast` runs when it is recorded, and ends the response.
   *
   * @param lastBytes how many bytes `sendLast` sends
   */
  complete(attempt: Attempt, lastBytes: number, sendLast: (outcome: AttemptOutcome) => void): void;
  /**
   * Ends the attempt as a failure, before or after `commit`.
   *
   * @param reported the error in the upstream's own words, if it is part of a response with a status of success
   */
  onFailure(attempt: Attempt, failure: Failure, reported?: ReportedFailure): void;
}

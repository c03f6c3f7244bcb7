import { DomainError } from '../../common/domain-error';

/** The maximum size of a list or page, and of one resource with the resources in it. */
export const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** Responses up to this size are built concurrently. Building one takes about a millisecond. */
const SMALL_RESPONSE_BYTES = 256 * 1024;

/** Ends the trial of a response that is too large to be built beside others. See `LargeResponses`. */
export class TrialEnded extends Error {}

/** The bytes that a response may still add. */
export class ResponseBudget {
  private constructor(
    private left: number,
    readonly isTrial: boolean,
    /** Throws if no client waits for the response any more. Called before more is read or added. */
    readonly assertWanted: () => void,
  ) {}

  static full(assertWanted = (): void => undefined): ResponseBudget {
    return new ResponseBudget(MAX_RESPONSE_BYTES, false, assertWanted);
  }

  /** A budget that throws {@link TrialEnded} for a response that is not small. */
  static trial(assertWanted = (): void => undefined): ResponseBudget {
    return new ResponseBudget(SMALL_RESPONSE_BYTES, true, assertWanted);
  }

  /** A budget of the same kind for one item, which may be as large as a response. */
  forItem(): ResponseBudget {
    const { assertWanted } = this;
    return this.isTrial ? ResponseBudget.trial(assertWanted) : ResponseBudget.full(assertWanted);
  }

  /** Ends a trial if the response has at least so many bytes more. */
  expectAtLeast(minBytes: number): void {
    this.assertWanted();
    if (this.isTrial && minBytes > this.left) throw new TrialEnded();
  }

  /** Returns false, and takes nothing, if the bytes do not fit. */
  take(bytes: number): boolean {
    this.assertWanted();
    if (bytes <= this.left) {
      this.left -= bytes;
      return true;
    }
    if (this.isTrial) throw new TrialEnded();
    return false;
  }

  /** Throws 422 if the bytes do not fit into a list that must be complete. */
  takeOrReject(bytes: number): void {
    if (!this.take(bytes)) throw listTooLarge();
  }
}

/** Creates the 422 for a list that is too large for one response. */
export function listTooLarge(
  detail = 'The list is larger than 16 MiB. Send limit, and follow the Link of each page.',
): DomainError {
  return new DomainError('invalid', 'list.too_large', detail);
}

export function isListTooLarge(error: unknown): error is DomainError {
  return error instanceof DomainError && error.code === 'list.too_large';
}

import { describeError } from './describe-error';

/** A log line about an error: a text, the parts of the error that may be logged, and the request's trace id. */
export class ErrorEntry {
  readonly error: Record<string, unknown>;

  constructor(
    readonly text: string,
    error: unknown,
    readonly traceId?: string,
  ) {
    this.error = describeError(error);
  }
}

/** One way in which an operation can fail. An error response combines those of one status. */
export interface FailureDescription {
  readonly status: number;
  /** Every `code` of the problem. The example has the first. */
  readonly codes: readonly string[];
  /** When it happens. */
  readonly meaning: string;
  /** The `detail` of the example. */
  readonly detail: string;
  /** The entry of `errors` in the example. */
  readonly field?: readonly [pointer: string, code: string];
  /** Whether the response has `Retry-After`. */
  readonly retryAfter?: true;
}

/** Describes a failure. The `detail` of the example defaults to the meaning. */
export function failure(
  status: number,
  codes: readonly string[],
  meaning: string,
  detail = meaning,
  field?: readonly [pointer: string, code: string],
): FailureDescription {
  return { status, codes, meaning, detail, ...(field && { field }) };
}

/** Describes a failure whose response has `Retry-After`. */
export function retryableFailure(...description: Parameters<typeof failure>): FailureDescription {
  return { ...failure(...description), retryAfter: true };
}

/** The form of errors: OpenAI's or Anthropic's. */
export type ErrorForm = 'openai' | 'anthropic';

/** A request that the vendor rejects. */
export class StrictError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly param: string | null = null,
    readonly code: string | null = null,
  ) {
    super(message);
  }
}

const OPENAI_TYPES = new Map([
  [429, 'requests'],
  [500, 'server_error'],
  [503, 'server_error'],
]);

const ANTHROPIC_TYPES = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);

/** Returns the body of an error as the vendor sends it. */
export function errorBody(form: ErrorForm, error: StrictError, requestId: string): object {
  const { status, message, param, code } = error;
  if (form === 'openai')
    return { error: { message, type: OPENAI_TYPES.get(status) ?? 'invalid_request_error', param, code } };
  const type = ANTHROPIC_TYPES.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return { type: 'error', error: { type, message }, request_id: requestId };
}

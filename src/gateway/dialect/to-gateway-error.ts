import { DomainError, type ErrorKind } from '../../common/domain-error';
import { GatewayError, type GatewayErrorCode, type GatewayErrorDetails } from './gateway-error';

/** The codes of what other parts of Caret reject. Other kinds do not occur. */
const CODES: Partial<Record<ErrorKind, GatewayErrorCode>> = {
  malformed: 'invalid_header',
  // Rules that take too long for the selectors of a call.
  invalid: 'invalid_selector',
  unauthenticated: 'invalid_api_key',
  forbidden: 'insufficient_permissions',
  not_found: 'model_not_found',
  rate_limited: 'rate_limit_exceeded',
  unavailable: 'overloaded',
};

/** Converts any error into one for a caller. Its cause is an unexpected error, which must be logged. */
export function toGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const code = error instanceof DomainError ? CODES[error.kind] : undefined;
  if (!(error instanceof DomainError) || code === undefined) {
    const text = 'Unexpected error in Caret. Report the request id, which the log contains.';
    return new GatewayError('internal_error', text, { shouldRetry: false, cause: error });
  }
  const { retryAfterSeconds } = error;
  const details: GatewayErrorDetails = {
    ...(retryAfterSeconds !== undefined && { retryAfterMs: retryAfterSeconds * 1000, shouldRetry: true }),
    ...(error.kind === 'forbidden' && { shouldRetry: false }),
  };
  return new GatewayError(code, error.detail, details);
}

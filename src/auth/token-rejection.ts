import { DomainError } from '../common/domain-error';
import type { FailureLimiter } from './failure-limiter';

/** `advice` is the last sentence: which header to send. */
export function missingToken(advice: string): DomainError {
  return new DomainError(
    'unauthenticated',
    'auth.token_missing',
    `The request has no bearer token. ${advice}`,
  );
}

/** Counts an invalid token of the address. Returns 401, or 429 beyond the limit. */
export function rejectInvalidToken(limiter: FailureLimiter, address: string): DomainError {
  const retryAfterSeconds = limiter.recordFailure(address);
  if (retryAfterSeconds !== null) {
    const detail =
      'Too many invalid tokens from this address. Retry after the seconds in Retry-After, or send a valid token.';
    return new DomainError('rate_limited', 'auth.too_many_failures', detail, { retryAfterSeconds });
  }
  return new DomainError(
    'unauthenticated',
    'auth.invalid_token',
    'The token is malformed, unknown, expired or revoked. Send a valid token.',
  );
}

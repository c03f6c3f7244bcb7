import { DomainError } from '../common/domain-error';

export function requestInFlight(): DomainError {
  const detail =
    'The first request with this Idempotency-Key is still running. Retry after the seconds in Retry-After.';
  return new DomainError('conflict', 'idempotency.in_flight', detail, { retryAfterSeconds: 1 });
}

export function keyReused(): DomainError {
  const detail = 'This Idempotency-Key was used with another body. Use a new key for a new request.';
  return new DomainError('invalid', 'idempotency.key_reused', detail);
}

/** Creates a 429 for a token that has its share of `resource`, a plural such as `idempotency keys`. */
export function tooManyKeys(resource: string, retryAfterSeconds: number): DomainError {
  const detail = `The token has as many ${resource} as its account has left. Retry after the seconds in Retry-After, or send the request without Idempotency-Key.`;
  return new DomainError('rate_limited', 'idempotency.too_many_keys', detail, { retryAfterSeconds });
}

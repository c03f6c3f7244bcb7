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

/** Creates a 429 for a token that has its share of `resource`, a plural such as `1000 idempotency keys`. */
export function tooManyKeys(resource: string, retryAfterSeconds: number): DomainError {
  const detail = `The token has its share of the ${resource}: as many as the account has left. Send the request without Idempotency-Key, or retry after the seconds in Retry-After.`;
  return new DomainError('rate_limited', 'idempotency.too_many_keys', detail, { retryAfterSeconds });
}

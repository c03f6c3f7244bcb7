import { failure, type FailureDescription, retryableFailure } from './failure-description';

/** The failures of requests that an account has no room for. */
export const ACCOUNT_LIMIT_FAILURES = {
  QuotaExceeded: failure(
    409,
    ['quota.exceeded'],
    'The account has no room for what the request adds. `quota`, `limit`, `used` and `requested` say what and how much.',
    'The account may have 2000 providers, has 2000, and the request adds 1. Delete what you no longer need, or raise QUOTA_PROVIDERS.',
  ),
  TooManyKeys: retryableFailure(
    429,
    ['idempotency.too_many_keys'],
    'The token has its share of the idempotency keys of its account, or of the bytes of their stored responses. Send no key, or retry after the seconds in `Retry-After`, which may be a day.',
    'The token has its share of the 1000 idempotency keys: as many as the account has left. Send the request without Idempotency-Key, or retry after the seconds in Retry-After.',
  ),
  TooManyCostlyRequests: retryableFailure(
    429,
    ['routing.too_many_costly_requests'],
    'Slow requests of the account have used its routing time. Retry after the seconds in `Retry-After`.',
    'Slow requests of this account have used its routing time of 100 ms per second. Retry after the seconds in Retry-After, and simplify the rules or the context.',
  ),
  TooManyLargeResponses: retryableFailure(
    429,
    ['request.too_many_large_responses'],
    'Too many large responses of the account are waiting. Retry after the seconds in `Retry-After`.',
    'Too many large responses of this account are waiting. Retry after the seconds in Retry-After, and send fewer concurrent requests.',
  ),
} satisfies Record<string, FailureDescription>;

import { failure, type FailureDescription } from './failure-description';

/** Failures of the routes of tokens. */
export const TOKEN_FAILURES = {
  ScopeBeyondOwn: failure(
    403,
    ['tokens.scope_beyond_own', 'tokens.selectors_beyond_own'],
    'The new token would have scopes that the calling token does not have, or could use more models.',
    'Your token does not have these scopes: tokens:write. Request fewer scopes, or send a token that has these.',
  ),
  TokenBeyondOwn: failure(
    403,
    ['tokens.scope_beyond_own', 'tokens.selectors_beyond_own', 'tokens.expires_beyond_own'],
    'The token has scopes that the calling token does not have, may use more models, or expires later.',
    'Your token does not have these scopes: admin. Send a token that has them.',
  ),
  LongerToken: failure(
    403,
    ['tokens.expires_beyond_own', 'tokens.selectors_beyond_own'],
    'The token expires later than the calling token, or may use more models.',
    'The token expires later than your own, which expires at 2030-01-01T00:00:00.000Z. Send a token that lasts as long.',
  ),
  TokenNotFound: failure(
    404,
    ['tokens.not_found'],
    'The account has no such token.',
    'The account has no token with this id. List the tokens for their ids.',
  ),
  RotatedMeanwhile: failure(
    409,
    ['tokens.rotated_meanwhile'],
    'Another request rotated or revoked the token.',
    'Another request rotated or revoked this token. Fetch it again and retry.',
  ),
  TokenExpired: failure(
    409,
    ['tokens.expired'],
    'The token has expired, so a new secret would be rejected too.',
    'This token expired at 2026-01-01T00:00:00.000Z, and a new secret does not renew it. Create a new token.',
  ),
  LastAdmin: failure(
    409,
    ['tokens.last_admin'],
    'The token is the last `admin` token of the account, or the last one that does not expire.',
    'This is the last admin token of the account that does not expire. Create another one first.',
  ),
} satisfies Record<string, FailureDescription>;

import type { Caller } from '../auth/caller';
import { hasScope, parseScopes, type Scope } from '../auth/scopes';
import { DomainError, invalidField } from '../common/domain-error';
import { AllowedSelectors } from '../selectors/allowed-selectors';
import type { ApiToken } from './api-token.entity';
import { toAllowedSelectors } from './cached-token';
import type { CreateTokenDto } from './dto/create-token.dto';

/** Rejects a token with scopes, models or an expiry beyond those of the caller's own token. */
export function assertWithin(
  caller: Caller,
  { scopes, expires_at, allowed_selectors: allowed }: CreateTokenDto,
): void {
  assertHasScopes(caller, scopes, 'Request fewer scopes, or send a token that has these.');
  const selectors = allowed ? AllowedSelectors.parse(allowed) : null;
  assertSelectors(caller, selectors, 'Send allowed_selectors that are within your own.');
  if (isLater(expires_at, caller.expiresAt)) {
    const detail = `Your own token expires at ${caller.expiresAt}. Send an expires_at that is not later.`;
    throw invalidField('/expires_at', 'tokens.expires_beyond_own', detail);
  }
}

/**
 * Rejects the rotation of another token without `admin`. With its new secret, the caller could make changes and confirm
 * base URLs as that token. Also rejects a token that expires later or may use more models, which would bypass
 * {@link assertWithin}.
 */
export function assertMayRotate(caller: Caller, row: ApiToken): void {
  if (row.id === caller.tokenId) return;
  if (!hasScope(caller.scopes, 'admin')) throw rotationOfAnother();
  assertSelectors(caller, toAllowedSelectors(row), MORE_MODELS);
  assertNotLater(caller, row);
}

/** Rejects the deletion of a token with more rights, which would lock its owner out. Every token may delete itself. */
export function assertMayDelete(caller: Caller, row: ApiToken): void {
  if (row.id === caller.tokenId) return;
  assertHasScopes(caller, parseScopes(row.scopes), 'Send a token that has them.');
  assertSelectors(caller, toAllowedSelectors(row), MORE_MODELS);
  assertNotLater(caller, row);
}

const MORE_MODELS = 'Send a token that may use them.';

/** Rejects a token that may use models that the caller's own may not. `advice` is the last sentence of the error. */
function assertSelectors(caller: Caller, selectors: AllowedSelectors | null, advice: string): void {
  const own = caller.allowedSelectors;
  if (own === null || (selectors !== null && selectors.isSubsetOf(own))) return;
  const detail = `The token may use models beyond the allowed_selectors of your own token. ${advice}`;
  throw new DomainError('forbidden', 'tokens.selectors_beyond_own', detail);
}

/** Rejects a token that expires later than the caller's own. */
function assertNotLater(caller: Caller, row: ApiToken): void {
  if (!isLater(row.expiresAt, caller.expiresAt)) return;
  const detail = `The token expires later than your own, which expires at ${caller.expiresAt}. Send a token that lasts as long.`;
  throw new DomainError('forbidden', 'tokens.expires_beyond_own', detail);
}

function rotationOfAnother(): DomainError {
  const detail = 'A token without admin may rotate only itself. Send a token that has the scope admin.';
  return new DomainError('forbidden', 'auth.insufficient_scope', detail, { missingScopes: ['admin'] });
}

/** `advice` is the last sentence of the error: what to send. */
function assertHasScopes(caller: Caller, scopes: readonly Scope[], advice: string): void {
  const missing = scopes.filter((scope) => !hasScope(caller.scopes, scope));
  if (missing.length === 0) return;
  const detail = `Your token does not have these scopes: ${missing.join(', ')}. ${advice}`;
  throw new DomainError('forbidden', 'tokens.scope_beyond_own', detail, { missingScopes: missing });
}

/** Whether `expiry` is after `limit`. Null or undefined means never. */
function isLater(expiry: string | null | undefined, limit: string | null): boolean {
  return limit !== null && (!expiry || Date.parse(expiry) > Date.parse(limit));
}

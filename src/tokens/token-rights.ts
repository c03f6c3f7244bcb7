import type { Caller } from '../auth/caller';
import { hasScope, parseScopes, type Scope } from '../auth/scopes';
import { DomainError, invalidField } from '../common/domain-error';
import type { ApiToken } from './api-token.entity';
import type { CreateTokenDto } from './dto/create-token.dto';

/** Rejects a token with scopes or an expiry beyond those of the caller's own token. */
export function assertWithin(caller: Caller, { scopes, expires_at }: CreateTokenDto): void {
  assertHasScopes(caller, scopes, 'Request fewer scopes, or send a token that has these.');
  if (isLater(expires_at, caller.expiresAt)) {
    const detail = `Your own token expires at ${caller.expiresAt}. Send an expires_at that is not later.`;
    throw invalidField('/expires_at', 'tokens.expires_beyond_own', detail);
  }
}

/**
 * Rejects the rotation of another token without `admin`. With its new secret, the caller could make changes and confirm
 * base URLs as that token. Also rejects a token that expires later, which would bypass {@link assertWithin}.
 */
export function assertMayRotate(caller: Caller, row: ApiToken): void {
  if (row.id === caller.tokenId) return;
  if (!hasScope(caller.scopes, 'admin')) throw rotationOfAnother();
  assertNotLater(caller, row);
}

/** Rejects the deletion of a token with more rights, which would lock its owner out. Every token may delete itself. */
export function assertMayDelete(caller: Caller, row: ApiToken): void {
  if (row.id === caller.tokenId) return;
  assertHasScopes(caller, parseScopes(row.scopes), 'Send a token that has them.');
  assertNotLater(caller, row);
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

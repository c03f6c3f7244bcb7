import { timingSafeEqual } from 'node:crypto';
import type { AccountId, Principal } from '../auth/caller';
import { parseScopes } from '../auth/scopes';
import { isPast, wallClock } from '../common/timestamp';
import { AllowedSelectors } from '../selectors/allowed-selectors';
import type { ApiToken } from './api-token.entity';

/** A row of a token with what authentication derives from it. */
export interface CachedToken {
  readonly row: ApiToken;
  readonly principal: Principal;
  readonly secretHmac: Buffer;
  readonly previousSecretHmac: Buffer | null;
  /** Time of the query, by the monotonic clock. A wall clock that steps back would keep a revoked token fresh. */
  readonly loadedAt: number;
  /** Time of the last write of `last_used_at`, by the monotonic clock. */
  touchedAt: number;
}

/** Derives what authentication needs from a row. `previous` is the token of an earlier read. */
export function toCachedToken(row: ApiToken, loadedAt: number, previous?: CachedToken): CachedToken {
  return {
    row,
    principal: {
      accountId: row.accountId as AccountId,
      tokenId: row.id,
      tokenName: row.name,
      scopes: parseScopes(row.scopes),
      expiresAt: row.expiresAt,
      allowedSelectors: toAllowedSelectors(row),
      tags: row.tags ?? null,
      caretHeaders: row.caretHeaders,
    },
    secretHmac: Buffer.from(row.secretHmac, 'hex'),
    previousSecretHmac: row.previousSecretHmac ? Buffer.from(row.previousSecretHmac, 'hex') : null,
    loadedAt,
    touchedAt: Math.max(toMonotonic(row.lastUsedAt), previous?.touchedAt ?? -Infinity),
  };
}

/** Returns what the token may use. A corrupt list allows nothing. */
export function toAllowedSelectors({ allowedSelectors }: ApiToken): AllowedSelectors | null {
  return allowedSelectors === null ? null : AllowedSelectors.parse(allowedSelectors ?? []);
}

/** Returns whether the HMAC is that of the current secret, or of the previous one during its overlap. */
export function isSecretValid(token: CachedToken, hmac: Buffer): boolean {
  if (timingSafeEqual(token.secretHmac, hmac)) return true;
  const { previousValidUntil } = token.row;
  if (!token.previousSecretHmac || !previousValidUntil) return false;
  return timingSafeEqual(token.previousSecretHmac, hmac) && !isPast(previousValidUntil);
}

/** Converts a stored time to the monotonic clock. A time in the future comes from another clock and counts as long ago. */
function toMonotonic(time: string | null): number {
  const ageMs = time === null ? Infinity : wallClock() - Date.parse(time);
  return ageMs < 0 ? -Infinity : performance.now() - ageMs;
}

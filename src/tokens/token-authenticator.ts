import { hash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Authenticator } from '../auth/authenticator';
import type { AccountId, Principal } from '../auth/caller';
import { parseScopes } from '../auth/scopes';
import { isOutage } from '../common/domain-error';
import { SingleFlight } from '../common/single-flight';
import { isPast, timestamp, wallClock } from '../common/timestamp';
import { TimeoutError, withTimeout } from '../common/with-timeout';
import { CryptoService } from '../crypto/crypto.service';
import { DatabaseService } from '../database/database.service';
import type { ApiToken } from './api-token.entity';
import { findTokenId, MAX_TOKEN_LENGTH, TOKEN_PREFIX } from './token-format';
import { TokensRepository } from './tokens.repository';

/** Maximum age of a cached row. Another replica sees a revocation after this time, and 5 s is the promise. */
const FRESH_MS = 4000;

/** Maximum age of a cached row while the database is unavailable. */
const STALE_MS = 30_000;

/** How long a request waits for the database if it has a stale row. */
const RELOAD_TIMEOUT_MS = 1000;

/** Minimum time between two writes of `last_used_at`. */
const TOUCH_INTERVAL_MS = 60_000;

const CACHE_SIZE = 100_000;
const NAMED_SIZE = 10_000;
const HMAC_PURPOSE = 'api-token';

interface CachedToken {
  readonly row: ApiToken;
  readonly principal: Principal;
  readonly secretHmac: Buffer;
  readonly previousSecretHmac: Buffer | null;
  /** Time of the query, by the monotonic clock. A wall clock that steps back would keep a revoked token fresh. */
  readonly loadedAt: number;
  /** Time of the last write of `last_used_at`, by the monotonic clock. */
  touchedAt: number;
}

/**
 * Authenticates bearer tokens against rows of the database, which it caches. Runs at most one query per token in four
 * seconds, independent of the number of requests.
 */
@Injectable()
export class TokenAuthenticator extends Authenticator {
  private readonly cache = new LRUCache<string, CachedToken>({ max: CACHE_SIZE });
  /**
   * Verified tokens by SHA-256 digest, which is cheaper than the HMAC. An entry is valid while its row is cached.
   */
  private readonly verified = new LRUCache<string, CachedToken>({ max: CACHE_SIZE });
  /** Principals by token id. They stay after a revocation, so that the audit log can show later use of the token. */
  private readonly named = new LRUCache<string, Principal>({ max: NAMED_SIZE });
  private readonly loads = new SingleFlight<string, CachedToken | null>();
  /** Ids of the tokens that do not contain their id, by HMAC. */
  private readonly customIds = new Map<string, string>();
  private readonly useListeners: ((tokenId: string) => void)[] = [];
  /** Increases with each eviction, so that a load that started before it is not cached. */
  private generation = 0;

  constructor(
    private readonly tokens: TokensRepository,
    private readonly crypto: CryptoService,
    private readonly database: DatabaseService,
  ) {
    super();
  }

  /** Returns the keyed hash that is stored for a token. */
  hash(token: string): string {
    return this.crypto.hmac(HMAC_PURPOSE, token).toString('hex');
  }

  /** Loads the ids of the tokens that do not contain their id. */
  async loadCustomTokens(): Promise<void> {
    for (const row of await this.tokens.listCustom()) {
      this.customIds.set(row.secretHmac, row.id);
      if (row.previousSecretHmac) this.customIds.set(row.previousSecretHmac, row.id);
    }
  }

  /** Whether a token that does not name its id is stored. Valid after {@link loadCustomTokens}. */
  isCustomToken(token: string): boolean {
    return this.customIds.has(this.hash(token));
  }

  /** Whether a stored token has never authenticated a request. False for an unknown token. */
  async isUnused(id: string): Promise<boolean> {
    return (await this.tokens.findForAuthentication(id))?.lastUsedAt === null;
  }

  /** Calls `listener` when a token authenticates, at most once a minute per token, the first use included. */
  onUse(listener: (tokenId: string) => void): void {
    this.useListeners.push(listener);
  }

  /** Evicts a token after it was revoked or got a new secret. */
  evict(id: string): void {
    this.generation += 1;
    this.cache.delete(id);
    this.loads.detach(id);
  }

  /** Returns the principal of a token whose cached row is fresh, or null for any other token. */
  override findVerified(token: string): Principal | null {
    if (!this.database.isReady || token.length > MAX_TOKEN_LENGTH) return null;
    const digest = hash('sha256', token);
    const verified = this.verified.get(digest);
    if (verified && isFresh(verified) && this.cache.get(verified.row.id) === verified)
      return this.accept(verified);
    const credential = this.parseCredential(token);
    const cached = credential && this.cache.get(credential.id);
    if (!cached || !isFresh(cached) || !isSecretValid(cached, credential.hmac)) return null;
    // The secret before a rotation can expire at any time, so it is verified in each request.
    if (timingSafeEqual(cached.secretHmac, credential.hmac)) this.verified.set(digest, cached);
    return this.accept(cached);
  }

  /** Returns null for an invalid token. Throws 503 if it needs the database and the database is unavailable. */
  override async authenticate(token: string): Promise<Principal | null> {
    this.database.assertReady();
    const credential = this.parseCredential(token);
    if (!credential) return null;
    const { id, hmac } = credential;
    const startedAt = performance.now();
    let cached = await this.load(id);
    // Another replica may have rotated the secret after the row was read. Concurrent requests share each reload.
    while (cached && cached.loadedAt < startedAt && !isSecretValid(cached, hmac))
      cached = await this.reload(id);
    return cached && isSecretValid(cached, hmac) ? this.accept(cached) : null;
  }

  override findNamed(token: string): Principal | null {
    const id = token.length > MAX_TOKEN_LENGTH ? null : findTokenId(token);
    return (id && this.named.get(id)) || null;
  }

  /** Returns the row id and the HMAC of a token, or null for text that is not a token. */
  private parseCredential(token: string): { readonly id: string; readonly hmac: Buffer } | null {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const hmac = this.crypto.hmac(HMAC_PURPOSE, token);
    const id = token.startsWith(TOKEN_PREFIX) ? findTokenId(token) : this.customIds.get(hmac.toString('hex'));
    return id ? { id, hmac } : null;
  }

  /** Returns the principal of a token with a valid secret, or null if the token has expired. */
  private accept(token: CachedToken): Principal | null {
    const { row, principal } = token;
    if (row.expiresAt && isPast(row.expiresAt)) return null;
    this.touch(token);
    return principal;
  }

  private async load(id: string): Promise<CachedToken | null> {
    const cached = this.cache.get(id);
    if (!cached || performance.now() - cached.loadedAt >= STALE_MS) return this.reload(id);
    return isFresh(cached) ? cached : this.reloadOrUseStale(id, cached);
  }

  /** Returns the stale row if the database is unavailable or does not respond in time. */
  private async reloadOrUseStale(id: string, cached: CachedToken): Promise<CachedToken | null> {
    try {
      return await withTimeout(this.reload(id), RELOAD_TIMEOUT_MS);
    } catch (error) {
      if (!isOutage(error) && !(error instanceof TimeoutError)) throw error;
    }
    // The token may have been revoked here during the wait.
    return this.cache.get(id) === cached ? cached : this.reload(id);
  }

  private reload(id: string): Promise<CachedToken | null> {
    return this.loads.run(id, async () => {
      const { generation } = this;
      const token = await this.read(id);
      if (token) this.named.set(id, token.principal);
      if (!token) this.cache.delete(id);
      else if (generation === this.generation) this.cache.set(id, token);
      return token;
    });
  }

  private async read(id: string): Promise<CachedToken | null> {
    // Taken before the query, because the row may miss a change that commits during the query.
    const loadedAt = performance.now();
    const row = await this.tokens.findForAuthentication(id);
    if (!row) return null;
    return {
      row,
      principal: {
        accountId: row.accountId as AccountId,
        tokenId: row.id,
        tokenName: row.name,
        scopes: parseScopes(row.scopes),
        expiresAt: row.expiresAt,
      },
      secretHmac: Buffer.from(row.secretHmac, 'hex'),
      previousSecretHmac: row.previousSecretHmac ? Buffer.from(row.previousSecretHmac, 'hex') : null,
      loadedAt,
      touchedAt: Math.max(toMonotonic(row.lastUsedAt), this.cache.peek(id)?.touchedAt ?? -Infinity),
    };
  }

  /** Writes `last_used_at` at most once per minute. Requests do not wait for the write, and its failure is ignored. */
  private touch(token: CachedToken): void {
    const { row } = token;
    const now = performance.now();
    if (now - token.touchedAt < TOUCH_INTERVAL_MS) return;
    token.touchedAt = now;
    row.lastUsedAt = timestamp();
    for (const listener of this.useListeners) listener(row.id);
    void this.tokens.touch(row.id, row.lastUsedAt).catch(() => undefined);
  }
}

function isFresh({ loadedAt }: CachedToken): boolean {
  return performance.now() - loadedAt < FRESH_MS;
}

/** Returns whether the HMAC is that of the current secret, or of the previous one during its overlap. */
function isSecretValid(token: CachedToken, hmac: Buffer): boolean {
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

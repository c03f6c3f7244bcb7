import { hash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Authenticator } from '../auth/authenticator';
import type { Principal } from '../auth/caller';
import { Batcher } from '../common/batcher';
import { isOutage } from '../common/domain-error';
import { isPast } from '../common/timestamp';
import { TimeoutError, withTimeout } from '../common/with-timeout';
import { CryptoService } from '../crypto/crypto.service';
import { DatabaseService } from '../database/database.service';
import { type ApiToken } from './api-token.entity';
import { type CachedToken, isSecretValid, toCachedToken } from './cached-token';
import { LastTokenUse } from './last-token-use';
import { ReloadOutage } from './reload-outage';
import { findTokenId, MAX_TOKEN_LENGTH, TOKEN_PREFIX } from './token-format';
import { TokensRepository } from './tokens.repository';

/** Maximum age of a cached row. Another replica sees a revocation after this time, and 5 s is the promise. */
const FRESH_MS = 4000;

/** Maximum age of a cached row while the database is unavailable, except for calls of the gateway. */
const STALE_MS = 30_000;

/** How long a request waits for the database if it has a stale row. */
const RELOAD_TIMEOUT_MS = 1000;

const CACHE_SIZE = 100_000;
const NAMED_SIZE = 10_000;

/** Maximum number of ids and secrets that are known to be invalid, of at most 64 characters each. */
const MAX_REJECTED = 20_000;

/** Revoked tokens that stay rejected while the database is unavailable. Their ids are never used again. */
const MAX_REVOKED = 20_000;

const HMAC_PURPOSE = 'api-token';

/**
 * Authenticates bearer tokens against rows of the database, which it caches. Runs at most one query per token in four
 * seconds, independent of the number of requests. All reads and all writes of `last_used_at` are batched, so that
 * authentication takes at most two connections of the pool.
 */
@Injectable()
export class TokenAuthenticator extends Authenticator {
  private readonly cache = new LRUCache<string, CachedToken>({ max: CACHE_SIZE });
  /**
   * Verified tokens by SHA-256 digest, which is cheaper than the HMAC. An entry is valid while its row is cached.
   */
  private readonly verified = new LRUCache<string, CachedToken>({ max: CACHE_SIZE });
  /** Unknown ids, and HMACs of wrong secrets, for as long as a row is fresh. */
  private readonly rejected = new LRUCache<string, true>({ max: MAX_REJECTED, ttl: FRESH_MS });
  private readonly revoked = new LRUCache<string, true>({ max: MAX_REVOKED });
  /** Principals by token id. They stay after a revocation, so that the audit log can show later use of the token. */
  private readonly named = new LRUCache<string, Principal>({ max: NAMED_SIZE });
  private readonly reads = new Batcher((ids) => this.read(ids));
  private readonly uses: LastTokenUse;
  /** Ids of the tokens that do not contain their id, by HMAC. */
  private readonly customIds = new Map<string, string>();
  /** Increases with each eviction, so that a load that started before it is not cached. */
  private generation = 0;
  private readonly outage = new ReloadOutage();

  constructor(
    private readonly tokens: TokensRepository,
    private readonly crypto: CryptoService,
    private readonly database: DatabaseService,
  ) {
    super();
    this.uses = new LastTokenUse(tokens);
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
    return (await this.tokens.findForAuthentication([id]))[0]?.lastUsedAt === null;
  }

  /** Calls `listener` when a token authenticates, at most once a minute per token, the first use included. */
  onUse(listener: (tokenId: string) => void): void {
    this.uses.addListener(listener);
  }

  /** Evicts a token after it got a new secret. */
  evict(id: string): void {
    this.generation += 1;
    this.cache.delete(id);
  }

  /** Rejects a token from now on, without a query. */
  revoke(id: string): void {
    this.revoked.set(id, true);
    this.evict(id);
  }

  override hasTokenForm(text: string): boolean {
    return text.startsWith(TOKEN_PREFIX);
  }

  /**
   * Returns the principal of a token whose cached row is fresh, or null for any other token. While the database is known to
   * be unavailable, a row that is younger than `maxStaleMs` counts as fresh.
   */
  override findVerified(token: string, maxStaleMs = 0): Principal | null {
    if (!this.database.isReady || token.length > MAX_TOKEN_LENGTH) return null;
    const digest = hash('sha256', token);
    const verified = this.verified.get(digest);
    if (verified && this.isUsable(verified, maxStaleMs) && this.cache.get(verified.row.id) === verified)
      return this.accept(verified);
    const credential = this.parseCredential(token);
    const cached = credential && this.cache.get(credential.id);
    if (!cached || !this.isUsable(cached, maxStaleMs) || !isSecretValid(cached, credential.hmac)) return null;
    // The secret before a rotation can expire at any time, so it is verified in each request.
    if (timingSafeEqual(cached.secretHmac, credential.hmac)) this.verified.set(digest, cached);
    return this.accept(cached);
  }

  override async authenticate(
    token: string,
    isSuspect: boolean,
    maxStaleMs = STALE_MS,
  ): Promise<Principal | null> {
    this.database.assertReady();
    const credential = this.parseCredential(token);
    if (!credential) return null;
    const { id, hmac } = credential;
    const wrongSecret = hmac.toString('hex');
    const cached = this.cache.get(id);
    if (!cached && (this.rejected.has(id) || this.revoked.has(id))) return null;
    let found = await this.load(id, isSuspect && !cached, maxStaleMs);
    // Another replica may have rotated the secret after the row was cached.
    if (found && found === cached && !isSecretValid(found, hmac) && !this.rejected.has(wrongSecret)) {
      found = await this.reads.run(id, true);
    }
    if (found && isSecretValid(found, hmac)) return this.accept(found);
    this.rejected.set(found ? wrongSecret : id, true);
    return null;
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
    this.uses.touch(token);
    return principal;
  }

  private isUsable(token: CachedToken, maxStaleMs: number): boolean {
    if (isFresh(token)) return true;
    if (ageOf(token) >= maxStaleMs || !this.outage.isOngoing) return false;
    if (this.outage.takeProbe()) void this.reads.run(token.row.id).catch(() => undefined);
    return true;
  }

  private async load(id: string, isSuspect: boolean, maxStaleMs: number): Promise<CachedToken | null> {
    const cached = this.cache.get(id);
    if (!cached || ageOf(cached) >= maxStaleMs) return this.reads.run(id, isSuspect);
    return isFresh(cached) ? cached : this.reloadOrUseStale(id, cached);
  }

  /** Returns the stale row if the database is unavailable or does not respond in time. */
  private async reloadOrUseStale(id: string, cached: CachedToken): Promise<CachedToken | null> {
    const isDown = this.outage.isOngoing;
    try {
      return await withTimeout(this.reads.run(id), isDown ? 0 : RELOAD_TIMEOUT_MS);
    } catch (error) {
      if (!isOutage(error) && !(error instanceof TimeoutError)) throw error;
      // A wait of 0 ms says nothing about the database.
      if (!isDown) this.outage.recordFailure();
    }
    // The token may have been revoked here during the wait.
    return this.cache.get(id) === cached ? cached : this.reads.run(id);
  }

  private async read(ids: readonly string[]): Promise<ReadonlyMap<string, CachedToken>> {
    const { generation } = this;
    // Taken before the query, because the rows may miss a change that commits during the query.
    const loadedAt = performance.now();
    const rows = await this.findRows(ids);
    const found = new Map(rows.map((row) => [row.id, toCachedToken(row, loadedAt, this.cache.peek(row.id))]));
    for (const id of ids) {
      const token = found.get(id);
      if (token) this.named.set(id, token.principal);
      if (!token) this.cache.delete(id);
      else if (generation === this.generation) this.cache.set(id, token);
    }
    return found;
  }

  private async findRows(ids: readonly string[]): Promise<ApiToken[]> {
    try {
      const rows = await this.tokens.findForAuthentication(ids);
      this.outage.recordSuccess();
      return rows;
    } catch (error) {
      if (isOutage(error)) this.outage.recordFailure();
      throw error;
    }
  }
}

function isFresh(token: CachedToken): boolean {
  return ageOf(token) < FRESH_MS;
}

/** The age of the row in milliseconds. */
function ageOf({ loadedAt }: CachedToken): number {
  return performance.now() - loadedAt;
}

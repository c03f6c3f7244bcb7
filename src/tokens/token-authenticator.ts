import { hash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Authenticator } from '../auth/authenticator';
import type { AccountId, Principal } from '../auth/caller';
import { parseScopes } from '../auth/scopes';
import { isOutage } from '../common/domain-error';
import { SingleFlight } from '../common/single-flight';
import { timestamp } from '../common/timestamp';
import { TimeoutError, withTimeout } from '../common/with-timeout';
import { CryptoService } from '../crypto/crypto.service';
import { DatabaseService } from '../database/database.service';
import type { ApiToken } from './api-token.entity';
import { MAX_TOKEN_LENGTH, TOKEN_PREFIX, tokenId } from './token-format';
import { TokensRepository } from './tokens.repository';

/** A row is believed this long, which bounds how late a revocation elsewhere is seen (5 s is promised). */
const FRESH_MS = 4000;

/** With the database away, a row known from before is believed this long. */
const STALE_MS = 30_000;

/** How long a request waits for the database while an older row would do. */
const SILENCE_MS = 1000;

/** How often `last_used_at` is written, at most. */
const TOUCH_MS = 60_000;

const CACHE_SIZE = 100_000;
const HMAC_PURPOSE = 'api-token';

interface CachedToken {
  readonly row: ApiToken;
  readonly principal: Principal;
  readonly secretHmac: Buffer;
  readonly previousSecretHmac: Buffer | null;
  readonly loadedAt: number;
  /** When `last_used_at` was last written, in milliseconds of the epoch. */
  usedAt: number;
}

/**
 * Turns a bearer token into its principal. A digest and a map look-up where the row is fresh; a query at most
 * every four seconds for each token in use, however many requests come.
 */
@Injectable()
export class TokenAuthenticator extends Authenticator {
  private readonly cache = new LRUCache<string, CachedToken>({ max: CACHE_SIZE });
  /**
   * Tokens whose HMAC was found right, by a digest that is a tenth of its cost; good for as long as the very row that it
   * was compared with.
   */
  private readonly seen = new LRUCache<string, CachedToken>({ max: CACHE_SIZE });
  private readonly loads = new SingleFlight<string, CachedToken | null>();
  private readonly customIds = new Map<string, string>();
  /** Rises with each local revocation, so that a load that began before it is not kept. */
  private generation = 0;

  constructor(
    private readonly tokens: TokensRepository,
    private readonly crypto: CryptoService,
    private readonly database: DatabaseService,
  ) {
    super();
  }

  /** The keyed hash under which a token is stored. */
  hash(token: string): string {
    return this.crypto.hmac(HMAC_PURPOSE, token).toString('hex');
  }

  /** Learns the tokens that do not name their id. */
  async loadCustomTokens(): Promise<void> {
    for (const row of await this.tokens.listCustom()) {
      this.customIds.set(row.secretHmac, row.id);
      if (row.previousSecretHmac) this.customIds.set(row.previousSecretHmac, row.id);
    }
  }

  /** Forgets a token at once: it was revoked or has a new secret. */
  evict(id: string): void {
    this.generation += 1;
    this.cache.delete(id);
    this.loads.detach(id);
  }

  /** The principal of a token whose row is fresh, at once; null for every other, which {@link authenticate} judges. */
  override findVerified(token: string): Principal | null {
    if (!this.database.isReady || token.length > MAX_TOKEN_LENGTH) return null;
    const digest = hash('sha256', token);
    const seen = this.seen.get(digest);
    if (seen && isFresh(seen) && this.cache.get(seen.row.id) === seen) return this.accept(seen);
    const presented = this.present(token);
    const known = presented && this.cache.get(presented.id);
    if (!known || !isFresh(known) || !isCurrent(known, presented.hmac)) return null;
    // A secret from before a rotation is judged each time: it may end at any moment.
    if (timingSafeEqual(known.secretHmac, presented.hmac)) this.seen.set(digest, known);
    return this.accept(known);
  }

  /** Null for whatever is not a valid token now. Throws 503 where the database is needed and away. */
  override async authenticate(token: string): Promise<Principal | null> {
    this.database.assertReady();
    const presented = this.present(token);
    if (!presented) return null;
    const { id, hmac } = presented;
    const asked = Date.now();
    let known = await this.load(id);
    // Another replica may have given it this secret since the row was read: one look at a time, however many ask.
    while (known && known.loadedAt < asked && !isCurrent(known, hmac)) known = await this.reload(id);
    return known && isCurrent(known, hmac) ? this.accept(known) : null;
  }

  /** Which row a token is for, and what it must have; null where it is for none. */
  private present(token: string): { readonly id: string; readonly hmac: Buffer } | null {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const hmac = this.crypto.hmac(HMAC_PURPOSE, token);
    const id = token.startsWith(TOKEN_PREFIX) ? tokenId(token) : this.customIds.get(hmac.toString('hex'));
    return id ? { id, hmac } : null;
  }

  private accept(token: CachedToken): Principal | null {
    const { row, principal } = token;
    if (row.expiresAt && Date.parse(row.expiresAt) <= Date.now()) return null;
    this.touch(token);
    return principal;
  }

  private async load(id: string): Promise<CachedToken | null> {
    const cached = this.cache.get(id);
    if (!cached || Date.now() - cached.loadedAt >= STALE_MS) return this.reload(id);
    return isFresh(cached) ? cached : this.reloadOrKeepStale(id, cached);
  }

  /** With the database away, or silent for longer than a request should wait, what was known still holds. */
  private async reloadOrKeepStale(id: string, cached: CachedToken): Promise<CachedToken | null> {
    try {
      return await withTimeout(this.reload(id), SILENCE_MS);
    } catch (error) {
      if (!isOutage(error) && !(error instanceof TimeoutError)) throw error;
    }
    // Unless it was revoked here meanwhile.
    return this.cache.get(id) === cached ? cached : this.reload(id);
  }

  private reload(id: string): Promise<CachedToken | null> {
    return this.loads.run(id, async () => {
      const { generation } = this;
      const token = await this.read(id);
      if (!token) this.cache.delete(id);
      else if (generation === this.generation) this.cache.set(id, token);
      return token;
    });
  }

  private async read(id: string): Promise<CachedToken | null> {
    // Before the query: what changes while it runs is not in the row for certain.
    const loadedAt = Date.now();
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
      usedAt: row.lastUsedAt ? Date.parse(row.lastUsedAt) : 0,
    };
  }

  /** `last_used_at` is written at most once a minute, and never makes a request wait or fail. */
  private touch(token: CachedToken): void {
    const { row } = token;
    const now = Date.now();
    if (now - token.usedAt < TOUCH_MS) return;
    token.usedAt = now;
    row.lastUsedAt = timestamp(now);
    void this.tokens.touch(row.id, row.lastUsedAt).catch(() => undefined);
  }
}

function isFresh({ loadedAt }: CachedToken): boolean {
  return Date.now() - loadedAt < FRESH_MS;
}

function isCurrent(token: CachedToken, presented: Buffer): boolean {
  if (timingSafeEqual(token.secretHmac, presented)) return true;
  const { previousValidUntil } = token.row;
  if (!token.previousSecretHmac || !previousValidUntil) return false;
  return timingSafeEqual(token.previousSecretHmac, presented) && Date.parse(previousValidUntil) > Date.now();
}

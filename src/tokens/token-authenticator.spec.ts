import { createHash } from 'node:crypto';
import { newId } from '../common/ids';
import type { CryptoService } from '../crypto/crypto.service';
import { databaseUnavailable } from '../database/database-errors';
import type { DatabaseService } from '../database/database.service';
import type { ApiToken } from './api-token.entity';
import { TokenAuthenticator } from './token-authenticator';
import { createToken } from './token-format';
import type { TokensRepository } from './tokens.repository';

/** A cached row is stale after 4 s, and unusable after 30 s. */
const STALE_MS = 5000;

describe('TokenAuthenticator', () => {
  const id = newId();
  const token = createToken(id);
  const hmac = (_purpose: string, text: string) => createHash('sha256').update(text).digest();
  const find = jest.fn<Promise<ApiToken[]>, []>();
  let authenticator: TokenAuthenticator;

  beforeEach(() => {
    jest.useFakeTimers();
    authenticator = new TokenAuthenticator(
      { findForAuthentication: find, touch: () => Promise.resolve() } as unknown as TokensRepository,
      { hmac } as CryptoService,
      { isReady: true, assertReady: () => undefined } as unknown as DatabaseService,
    );
    const row = { id, accountId: newId(), name: 'name', scopes: 'admin', expiresAt: null, lastUsedAt: null };
    const secretHmac = hmac('', token).toString('hex');
    find.mockReset().mockResolvedValue([{ ...row, secretHmac } as ApiToken]);
  });
  afterEach(() => jest.useRealTimers());

  /** Sends a request. The result is the milliseconds until it is authenticated. */
  async function waitOf(): Promise<number> {
    const start = performance.now();
    let end: number | undefined;
    void authenticator.authenticate(token, false).then((principal) => {
      expect(principal).toMatchObject({ tokenId: id });
      end = performance.now();
    });
    while (end === undefined) await jest.advanceTimersByTimeAsync(50);
    return end - start;
  }

  async function becomeStale(): Promise<void> {
    await authenticator.authenticate(token, false);
    await jest.advanceTimersByTimeAsync(STALE_MS);
  }

  it('waits one second for a database that does not respond, and later requests do not wait', async () => {
    await becomeStale();
    find.mockReturnValue(new Promise(() => undefined));
    expect(await waitOf()).toBe(1000);
    expect(await waitOf()).toBeLessThan(50);
    await jest.advanceTimersByTimeAsync(2000);
    expect(await waitOf()).toBeLessThan(50);
  });

  it('does not wait while reloads fail, however long', async () => {
    await becomeStale();
    find.mockImplementation(async () => {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      throw databaseUnavailable();
    });
    const waits = [await waitOf()];
    for (let elapsed = 1000; elapsed < 25_000 - STALE_MS; elapsed += 500) {
      await jest.advanceTimersByTimeAsync(500);
      waits.push(await waitOf());
    }
    expect(waits[0]).toBe(1000);
    expect(Math.max(...waits.slice(1))).toBeLessThan(50);
  });

  it('waits again after a reload has succeeded', async () => {
    await becomeStale();
    find.mockRejectedValueOnce(databaseUnavailable());
    await waitOf();
    await waitOf();
    await jest.advanceTimersByTimeAsync(STALE_MS);
    find.mockReturnValue(new Promise(() => undefined));
    expect(await waitOf()).toBe(1000);
  });

  describe('findVerified in an outage', () => {
    const MAX_STALE_MS = 900_000;

    /** The first request with a stale row finds out that the database is unavailable. */
    async function startOutage(): Promise<void> {
      await becomeStale();
      find.mockRejectedValue(databaseUnavailable());
      await waitOf();
    }

    it('returns a stale token without a promise up to the given age, and to no other caller', async () => {
      await startOutage();
      for (const elapsed of [0, 600_000, 200_000]) {
        await jest.advanceTimersByTimeAsync(elapsed);
        // Requests of an outage go on asking whether it has ended.
        await authenticator.authenticate(token, false, MAX_STALE_MS);
        expect(authenticator.findVerified(token, MAX_STALE_MS)).toMatchObject({ tokenId: id });
        expect(authenticator.findVerified(token)).toBeNull();
      }
      await jest.advanceTimersByTimeAsync(100_000);
      await expect(authenticator.authenticate(token, false, MAX_STALE_MS)).rejects.toMatchObject({
        kind: 'unavailable',
      });
      expect(authenticator.findVerified(token, MAX_STALE_MS)).toBeNull();
    });

    it('returns nothing to a caller without a maximum after 30 seconds', async () => {
      await startOutage();
      await jest.advanceTimersByTimeAsync(30_000);
      await expect(authenticator.authenticate(token, false)).rejects.toMatchObject({ kind: 'unavailable' });
    });

    it('looks once a second whether the outage has ended', async () => {
      await startOutage();
      find.mockClear();
      for (let count = 0; count < 40; count++) {
        authenticator.findVerified(token, MAX_STALE_MS);
        await jest.advanceTimersByTimeAsync(50);
      }
      expect(find).toHaveBeenCalledTimes(2);
      find.mockResolvedValue([]);
      await jest.advanceTimersByTimeAsync(1000);
      authenticator.findVerified(token, MAX_STALE_MS);
      await jest.advanceTimersByTimeAsync(50);
      expect(authenticator.findVerified(token, MAX_STALE_MS)).toBeNull();
    });

    it('returns no token without an outage that needs a reload', async () => {
      await becomeStale();
      expect(authenticator.findVerified(token, MAX_STALE_MS)).toBeNull();
    });

    it('rejects what was revoked here, without the database', async () => {
      await startOutage();
      authenticator.revoke(id);
      expect(authenticator.findVerified(token, MAX_STALE_MS)).toBeNull();
      expect(await authenticator.authenticate(token, false, MAX_STALE_MS)).toBeNull();
    });
  });
});

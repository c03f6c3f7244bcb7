import { newId } from '../../../src/common/ids';
import { timestampIn } from '../../../src/common/timestamp';
import { startTestApp, type TestApp } from '../../support/app/app';
import { newAddress } from '../../support/app/document-app';
import { expireToken, issueToken, type IssuedToken } from '../../support/clients/accounts';
import { forgeToken } from '../../support/clients/forged-token';
import { countStatements, WITHOUT_POLLS } from '../../support/database/statement-count';

const CALLERS = 200;

/** One query of deferrable tokens runs in this time. */
const INTERVAL_MS = 50;

describe('the queries of authentication', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ env: { ...WITHOUT_POLLS, TRUST_PROXY: '127.0.0.1' } });
  });
  afterAll(() => app.stop());

  async function statusOf(token: string, address: string): Promise<number> {
    const headers = { 'X-Forwarded-For': address };
    return (await app.clientFor(token).get('/v1/account', { headers })).status;
  }

  async function exceedLimit(): Promise<string> {
    const address = newAddress();
    const unknown = forgeToken(newId());
    for (let failure = 0; failure < 20; failure++) expect(await statusOf(unknown, address)).toBe(401);
    return address;
  }

  const forge = (id = () => newId()) => Array.from({ length: CALLERS }, () => forgeToken(id()));

  async function countFailures(tokens: readonly string[], address: () => string): Promise<number> {
    return countStatements(app, async () => {
      const statuses = await Promise.all(tokens.map((token) => statusOf(token, address())));
      for (const status of statuses) expect([401, 429]).toContain(status);
    });
  }

  /** Expects one query at most in each interval while `work` counts them. */
  async function expectFew(work: () => Promise<number>): Promise<void> {
    const start = performance.now();
    const count = await work();
    expect(count).toBeLessThanOrEqual(Math.floor((performance.now() - start) / INTERVAL_MS) + 1);
  }

  it('are one for an unknown token that is sent repeatedly', async () => {
    const unknown = forgeToken(newId());
    expect(await countFailures([unknown], newAddress)).toBe(1);
    const repeated = Array.from({ length: 10 }, () => unknown);
    expect(await countFailures(repeated, newAddress)).toBe(0);
  });

  it('are one for an unknown id with several secrets', async () => {
    const id = newId();
    expect(await countFailures([forgeToken(id)], newAddress)).toBe(1);
    expect(await countFailures([forgeToken(id), forgeToken(id)], newAddress)).toBe(0);
  });

  it('are one for a wrong secret that is sent repeatedly', async () => {
    const { id, token } = await issueToken(app, ['providers:read']);
    expect(await statusOf(token, newAddress())).toBe(200);
    const wrong = forgeToken(id);
    expect(await countFailures([wrong], newAddress)).toBe(1);
    expect(await countFailures([wrong, wrong, wrong], newAddress)).toBe(0);
  });

  it('are few for many concurrent wrong secrets of known tokens', async () => {
    const tokens: IssuedToken[] = [];
    for (let token = 0; token < 5; token++) tokens.push(await issueToken(app, ['providers:read']));
    for (const { token } of tokens) await statusOf(token, newAddress());
    let turn = 0;
    const wrong = forge(() => tokens[turn++ % tokens.length]!.id);
    await expectFew(() => countFailures(wrong, newAddress));
  });

  it('write nothing for a token that does not authenticate', async () => {
    const revoked = await issueToken(app, ['providers:read']);
    const expired = await issueToken(app, ['providers:read'], { expires_at: timestampIn(3_600_000) });
    const rotated = await issueToken(app, ['providers:read']);
    await app.api.delete(`/v1/tokens/${revoked.id}`);
    await app.api.post(`/v1/tokens/${rotated.id}/rotate`, { overlap_seconds: 0 });
    await expireToken(app, expired.id);
    const wrong = forgeToken(rotated.id);
    const invalid = [revoked.token, expired.token, rotated.token, wrong, forgeToken(newId()), 'none'];
    const ids = [revoked.id, expired.id, rotated.id];
    const rows = () => app.database.query('SELECT * FROM api_tokens WHERE id IN (?, ?, ?) ORDER BY id', ids);
    const before = await rows();
    expect(before).toHaveLength(2);
    for (const token of [...invalid, ...invalid]) expect(await statusOf(token, newAddress())).toBe(401);
    expect(await rows()).toEqual(before);
  });

  it('are none for an expired token that is sent repeatedly', async () => {
    const { id, token } = await issueToken(app, ['providers:read']);
    await expireToken(app, id);
    expect(await countFailures([token], newAddress)).toBe(1);
    expect(await countFailures([token, token, token], newAddress)).toBe(0);
  });

  describe('from an address over the limit of failures', () => {
    it('are few for consecutive unknown tokens', async () => {
      const address = await exceedLimit();
      await expectFew(async () => {
        let count = 0;
        for (const token of forge().slice(0, 8)) count += await countFailures([token], () => address);
        return count;
      });
    });

    it('find a valid token that is not cached', async () => {
      const address = await exceedLimit();
      const { token } = await issueToken(app, ['providers:read']);
      const attack = Promise.all(forge().map((forged) => statusOf(forged, address)));
      expect(await statusOf(token, address)).toBe(200);
      await attack;
    });

    it('find the new secret of a rotated token', async () => {
      const address = await exceedLimit();
      const { id, token } = await issueToken(app, ['providers:read']);
      expect(await statusOf(token, address)).toBe(200);
      const { body } = await app.api.post(`/v1/tokens/${id}/rotate`, {});
      expect(await statusOf(body.token, address)).toBe(200);
    });
  });
});

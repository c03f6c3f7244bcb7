import { startTestApp, type TestApp } from '../../support/app/app';
import { stopClock, travel, useTimeTravel } from '../../support/app/time-travel';
import { issueToken } from '../../support/clients/accounts';
import { forgeToken } from '../../support/clients/forged-token';
import { eventually } from '../../support/eventually';

const SECOND = 1000;

describe('the lifetime of a token', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(stopClock);
  useTimeTravel();

  describe('expires_at', () => {
    it('ends a token that is in use', async () => {
      const expires_at = new Date(Date.now() + 60 * SECOND).toISOString();
      const { id, api } = await issueToken(app, ['providers:read'], { expires_at });
      expect((await api.get('/v1/account')).status).toBe(200);
      travel(59);
      expect((await api.get('/v1/account')).status).toBe(200);
      travel(2);
      expect((await api.get('/v1/account')).status).toBe(401);
      expect((await app.api.get(`/v1/tokens/${id}`)).status).toBe(200);
    });

    it('ends both secrets of a rotated token', async () => {
      const expires_at = new Date(Date.now() + 60 * SECOND).toISOString();
      const { id, api } = await issueToken(app, ['providers:read'], { expires_at });
      const rotated = await app.api.post(`/v1/tokens/${id}/rotate`, { overlap_seconds: 3600 });
      travel(61);
      expect((await api.get('/v1/account')).status).toBe(401);
      expect((await app.clientFor(rotated.body.token).get('/v1/account')).status).toBe(401);
    });
  });

  describe('last_used_at', () => {
    const findLastUse = async (id: string) =>
      (await app.api.get(`/v1/tokens/${id}`)).body.last_used_at as string | null;

    it('is null before the first use', async () => {
      const { id, api } = await issueToken(app, ['providers:read']);
      expect(await findLastUse(id)).toBeNull();
      const before = Date.now();
      await api.get('/v1/account');
      const time = await eventually('last_used_at is written', () => findLastUse(id));
      expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
    });

    it('records a request with 403, but not a request with a wrong secret', async () => {
      const { id, token } = await issueToken(app, ['usage:read']);
      const wrong = await issueToken(app, ['usage:read']);
      expect((await app.clientFor(forgeToken(wrong.id)).get('/v1/account')).status).toBe(401);
      expect((await app.clientFor(token).get('/v1/llm-providers')).status).toBe(403);
      await eventually('last_used_at is written', () => findLastUse(id));
      expect(await findLastUse(wrong.id)).toBeNull();
    });

    it('is written at most once a minute', async () => {
      const { id, api } = await issueToken(app, ['providers:read']);
      await api.get('/v1/account');
      const first = await eventually('last_used_at is written', () => findLastUse(id));
      for (const seconds of [10, 20, 25]) {
        travel(seconds);
        await api.get('/v1/account');
      }
      // A write of `last_used_at` would be queued before this one.
      await issueToken(app, ['providers:read']);
      expect(await findLastUse(id)).toBe(first);
      travel(10);
      await api.get('/v1/account');
      await eventually('last_used_at is written again', async () => (await findLastUse(id)) !== first);
    });
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { travel, useTimeTravel } from '../../support/app/time-travel';
import { issueToken } from '../../support/clients/accounts';
import { engine } from '../../support/database/database';

describe('a token that is revoked', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  useTimeTravel();

  it('is refused in every request that begins after the answer', async () => {
    for (let round = 0; round < 10; round++) {
      const { id, api } = await issueToken(app, ['providers:read']);
      const inFlight = Array.from({ length: 5 }, () => api.get('/v1/account'));
      expect((await app.api.delete(`/v1/tokens/${id}`)).status).toBe(204);
      // A look-up that began before the revocation must not bring the token back.
      for (const { status } of await Promise.all(inFlight)) expect([200, 401]).toContain(status);
      expect((await api.get('/v1/account')).status).toBe(401);
    }
  });

  it('takes nothing with it: what it did stays in the audit', async () => {
    const { id, api } = await issueToken(app, ['providers:write'], { name: 'long gone' });
    const body = { name: 'stays', provider: 'openai', api_key: 'sk-0123456789abcdef' };
    const made = await api.post('/v1/llm-providers', body);
    await app.api.delete(`/v1/tokens/${id}`);
    expect((await app.api.get(`/v1/llm-providers/${made.body.id}`)).status).toBe(200);
    const events = (await app.api.get('/v1/audit-events')).body as { actor: object }[];
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'provider.create',
        actor: { token_id: id, token_name: 'long gone' },
      }),
    );
  });

  // One process at a time holds an embedded database, so there are replicas on a server only.
  if (engine === 'mariadb') {
    describe('elsewhere', () => {
      let replica: TestApp;

      beforeAll(async () => {
        replica = await startTestApp({ database: app.database, env: app.env });
      });
      afterAll(() => replica.stop());

      it('is refused by every replica within five seconds', async () => {
        const { id, token, api } = await issueToken(app, ['providers:read']);
        const there = replica.clientFor(token);
        expect((await there.get('/v1/account')).status).toBe(200);
        expect((await app.api.delete(`/v1/tokens/${id}`)).status).toBe(204);
        expect((await api.get('/v1/account')).status).toBe(401);
        travel(4.9);
        expect((await there.get('/v1/account')).status).toBe(401);
      });

      it('loses a secret that was rotated away, on every replica within five seconds', async () => {
        const { id, token } = await issueToken(app, ['providers:read']);
        const there = replica.clientFor(token);
        expect((await there.get('/v1/account')).status).toBe(200);
        const rotated = await app.api.post(`/v1/tokens/${id}/rotate`, { overlap_seconds: 0 });
        travel(4.9);
        expect((await there.get('/v1/account')).status).toBe(401);
        expect((await replica.clientFor(rotated.body.token).get('/v1/account')).status).toBe(200);
      });

      it('was good on every replica from the moment it was made', async () => {
        const { id, token } = await issueToken(app, ['providers:read']);
        expect((await replica.clientFor(token).get('/v1/account')).body.token.id).toBe(id);
      });

      it('has a new secret that is good on every replica from the moment it was made', async () => {
        const { id, token } = await issueToken(app, ['providers:read']);
        expect((await replica.clientFor(token).get('/v1/account')).status).toBe(200);
        const fresh = (await app.api.post(`/v1/tokens/${id}/rotate`, {})).body.token;
        expect((await replica.clientFor(fresh).get('/v1/account')).status).toBe(200);
      });
    });
  }
});

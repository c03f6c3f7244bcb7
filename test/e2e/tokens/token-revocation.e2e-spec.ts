import { startTestApp, type TestApp } from '../../support/app/app';
import { travel, useTimeTravel } from '../../support/app/time-travel';
import { issueToken } from '../../support/clients/accounts';
import { engine } from '../../support/database/database';

describe('the revocation of tokens', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  useTimeTravel();

  it('makes every later request with the token return 401', async () => {
    for (let round = 0; round < 10; round++) {
      const { id, api } = await issueToken(app, ['providers:read']);
      const inFlight = Array.from({ length: 5 }, () => api.get('/v1/account'));
      expect((await app.api.delete(`/v1/tokens/${id}`)).status).toBe(204);
      // A lookup that started before the revocation must not cache the token again.
      for (const { status } of await Promise.all(inFlight)) expect([200, 401]).toContain(status);
      expect((await api.get('/v1/account')).status).toBe(401);
    }
  });

  it('keeps the resources and the audit events of the token', async () => {
    const { id, api } = await issueToken(app, ['providers:write'], { name: 'long gone' });
    const body = { name: 'stays', provider: 'openai', api_key: 'sk-0123456789abcdef' };
    const created = await api.post('/v1/llm-providers', body);
    await app.api.delete(`/v1/tokens/${id}`);
    expect((await app.api.get(`/v1/llm-providers/${created.body.id}`)).status).toBe(200);
    const events = (await app.api.get('/v1/audit-events')).body as { actor: object }[];
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'provider.create',
        actor: { token_id: id, token_name: 'long gone' },
      }),
    );
  });

  // Only one process can open a SQLite database, so it has no replicas.
  if (engine === 'mariadb') {
    describe('on another replica, a token', () => {
      let replica: TestApp;

      beforeAll(async () => {
        replica = await startTestApp({ database: app.database, env: app.env });
      });
      afterAll(() => replica.stop());

      it('returns 401 within five seconds of its revocation', async () => {
        const { id, token, api } = await issueToken(app, ['providers:read']);
        const onReplica = replica.clientFor(token);
        expect((await onReplica.get('/v1/account')).status).toBe(200);
        expect((await app.api.delete(`/v1/tokens/${id}`)).status).toBe(204);
        expect((await api.get('/v1/account')).status).toBe(401);
        travel(4.9);
        expect((await onReplica.get('/v1/account')).status).toBe(401);
      });

      it('loses its old secret within five seconds of a rotation', async () => {
        const { id, token } = await issueToken(app, ['providers:read']);
        const onReplica = replica.clientFor(token);
        expect((await onReplica.get('/v1/account')).status).toBe(200);
        const rotated = await app.api.post(`/v1/tokens/${id}/rotate`, { overlap_seconds: 0 });
        travel(4.9);
        expect((await onReplica.get('/v1/account')).status).toBe(401);
        expect((await replica.clientFor(rotated.body.token).get('/v1/account')).status).toBe(200);
      });

      it('is valid immediately after its creation', async () => {
        const { id, token } = await issueToken(app, ['providers:read']);
        expect((await replica.clientFor(token).get('/v1/account')).body.token.id).toBe(id);
      });

      it('accepts its new secret immediately after a rotation', async () => {
        const { id, token } = await issueToken(app, ['providers:read']);
        expect((await replica.clientFor(token).get('/v1/account')).status).toBe(200);
        const rotated = (await app.api.post(`/v1/tokens/${id}/rotate`, {})).body.token;
        expect((await replica.clientFor(rotated).get('/v1/account')).status).toBe(200);
      });
    });
  }
});

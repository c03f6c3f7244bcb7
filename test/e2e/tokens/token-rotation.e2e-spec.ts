import { startTestApp, type TestApp } from '../../support/app/app';
import { stopClock, travel, useTimeTravel } from '../../support/app/time-travel';
import { issueToken } from '../../support/clients/accounts';

describe('POST /v1/tokens/{token_id}/rotate', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(stopClock);
  useTimeTravel();

  const rotate = (id: string, body: unknown = {}) => app.api.post(`/v1/tokens/${id}/rotate`, body);
  const statusOf = async (token: string) => (await app.clientFor(token).get('/v1/account')).status;

  it('gives a new secret under the same id, shown this once', async () => {
    const { id, token } = await issueToken(app, ['usage:read'], { name: 'rotated' });
    const answer = await rotate(id);
    expect(answer).toMatchObject({ status: 200, body: { id, name: 'rotated', scopes: ['usage:read'] } });
    expect(answer.body.token).not.toBe(token);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect((await app.api.get(`/v1/tokens/${id}`)).body).not.toHaveProperty('token');
  });

  it('lets the old secret live on for an hour where nothing is said', async () => {
    const { id, token } = await issueToken(app, ['usage:read']);
    const fresh = (await rotate(id)).body.token;
    expect([await statusOf(token), await statusOf(fresh)]).toEqual([200, 200]);
    travel(3590);
    expect([await statusOf(token), await statusOf(fresh)]).toEqual([200, 200]);
    travel(20);
    expect([await statusOf(token), await statusOf(fresh)]).toEqual([401, 200]);
  });

  it('ends the old secret at once without an overlap, even one that was in use', async () => {
    const { id, token } = await issueToken(app, ['usage:read']);
    expect(await statusOf(token)).toBe(200);
    const fresh = (await rotate(id, { overlap_seconds: 0 })).body.token;
    expect([await statusOf(token), await statusOf(fresh)]).toEqual([401, 200]);
  });

  it('lets the old secret live for a day at most', async () => {
    const { id, token } = await issueToken(app, ['usage:read']);
    expect((await rotate(id, { overlap_seconds: 86_400 })).status).toBe(200);
    travel(86_390);
    expect(await statusOf(token)).toBe(200);
    travel(20);
    expect(await statusOf(token)).toBe(401);
  });

  it('leaves two secrets at most: the one before the last dies with the second rotation', async () => {
    const { id, token } = await issueToken(app, ['usage:read']);
    const second = (await rotate(id)).body.token;
    const third = (await rotate(id)).body.token;
    expect([await statusOf(token), await statusOf(second), await statusOf(third)]).toEqual([401, 200, 200]);
  });

  it.each([86_401, -1, 1.5, '60', null, true])(
    'refuses an overlap of %j with 422',
    async (overlap_seconds) => {
      const { id, token } = await issueToken(app, ['usage:read']);
      const answer = await rotate(id, { overlap_seconds });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/overlap_seconds' }] } });
      expect(await statusOf(token)).toBe(200);
    },
  );

  it('works for the bootstrap token, which names no id', async () => {
    const own = await startTestApp();
    try {
      const { body } = await own.api.get('/v1/account');
      const answer = await own.api.post(`/v1/tokens/${body.token.id}/rotate`, { overlap_seconds: 60 });
      expect(answer.status).toBe(200);
      expect((await own.api.get('/v1/account')).status).toBe(200);
      const fresh = own.clientFor(answer.body.token);
      expect((await fresh.get('/v1/account')).body.token.id).toBe(body.token.id);
      travel(61);
      expect((await own.api.get('/v1/account')).status).toBe(401);
      expect((await fresh.get('/v1/account')).status).toBe(200);
    } finally {
      await own.stop();
    }
  });

  it('answers 404 to an id that is unknown or malformed', async () => {
    for (const id of ['01936b1e-0000-7000-8000-000000000000', 'x']) {
      expect(await rotate(id)).toMatchObject({ status: 404, body: { code: 'tokens.not_found' } });
    }
  });
});

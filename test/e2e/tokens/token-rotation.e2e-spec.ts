import { timestampIn } from '../../../src/common/timestamp';
import { startTestApp, type TestApp } from '../../support/app/app';
import { stopClock, travel, useTimeTravel } from '../../support/app/time-travel';
import { issueToken } from '../../support/clients/accounts';
import type { Json } from '../../support/clients/api-client';
import { uniqueName } from '../../support/registry/factories';

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

  it('returns a new secret for the same id and never shows it again', async () => {
    const { id, token } = await issueToken(app, ['usage:read'], { name: 'rotated' });
    const response = await rotate(id);
    expect(response).toMatchObject({ status: 200, body: { id, name: 'rotated', scopes: ['usage:read'] } });
    expect(response.body.token).not.toBe(token);
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect((await app.api.get(`/v1/tokens/${id}`)).body).not.toHaveProperty('token');
  });

  it('keeps the old secret valid for one hour by default', async () => {
    const { id, token } = await issueToken(app, ['usage:read']);
    const fresh = (await rotate(id)).body.token;
    expect([await statusOf(token), await statusOf(fresh)]).toEqual([200, 200]);
    travel(3590);
    expect([await statusOf(token), await statusOf(fresh)]).toEqual([200, 200]);
    travel(20);
    expect([await statusOf(token), await statusOf(fresh)]).toEqual([401, 200]);
  });

  it('ends the old secret immediately when overlap_seconds is 0', async () => {
    const { id, token } = await issueToken(app, ['usage:read']);
    expect(await statusOf(token)).toBe(200);
    const fresh = (await rotate(id, { overlap_seconds: 0 })).body.token;
    expect([await statusOf(token), await statusOf(fresh)]).toEqual([401, 200]);
  });

  it('keeps the old secret valid for one day at most', async () => {
    const { id, token } = await issueToken(app, ['usage:read']);
    expect((await rotate(id, { overlap_seconds: 86_400 })).status).toBe(200);
    travel(86_390);
    expect(await statusOf(token)).toBe(200);
    travel(20);
    expect(await statusOf(token)).toBe(401);
  });

  it('ends the first secret at the second rotation, so at most two are valid', async () => {
    const { id, token } = await issueToken(app, ['usage:read']);
    const second = (await rotate(id)).body.token;
    const third = (await rotate(id)).body.token;
    expect([await statusOf(token), await statusOf(second), await statusOf(third)]).toEqual([401, 200, 200]);
  });

  it.each([86_401, -1, 1.5, '60', null, true])(
    'returns 422 for an overlap of %j',
    async (overlap_seconds) => {
      const { id, token } = await issueToken(app, ['usage:read']);
      const response = await rotate(id, { overlap_seconds });
      expect(response).toMatchObject({ status: 422, body: { errors: [{ pointer: '/overlap_seconds' }] } });
      expect(await statusOf(token)).toBe(200);
    },
  );

  it('rotates the bootstrap token, which does not contain its id', async () => {
    const own = await startTestApp();
    try {
      const { body } = await own.api.get('/v1/account');
      const response = await own.api.post(`/v1/tokens/${body.token.id}/rotate`, { overlap_seconds: 60 });
      expect(response.status).toBe(200);
      expect((await own.api.get('/v1/account')).status).toBe(200);
      const fresh = own.clientFor(response.body.token);
      expect((await fresh.get('/v1/account')).body.token.id).toBe(body.token.id);
      travel(61);
      expect((await own.api.get('/v1/account')).status).toBe(401);
      expect((await fresh.get('/v1/account')).status).toBe(200);
    } finally {
      await own.stop();
    }
  });

  it('returns the token without its secret when its Idempotency-Key is repeated, and rotates once', async () => {
    const { id, token } = await issueToken(app, ['usage:read']);
    const options = { headers: { 'idempotency-key': uniqueName('rotation') } };
    const repeat = () => app.api.post(`/v1/tokens/${id}/rotate`, {}, options);
    const first = await repeat();
    const { token: secret, ...record } = first.body;
    for (let again = 0; again < 3; again++) {
      expect(await repeat()).toMatchObject({ status: 200, body: record });
      expect((await repeat()).body).not.toHaveProperty('token');
    }
    expect([await statusOf(token), await statusOf(secret)]).toEqual([200, 200]);
    const { body: events } = await app.api.get('/v1/audit-events?limit=100');
    const isRotation = ({ action, resource }: Json) => action === 'token.rotate' && resource.id === id;
    expect(events.filter(isRotation)).toHaveLength(1);
  });

  it('returns the same token to a token that rotates itself and lost the response', async () => {
    const { id, token } = await issueToken(app, ['tokens:write']);
    const options = { headers: { 'idempotency-key': uniqueName('rotation') } };
    const rotateItself = () => app.clientFor(token).post(`/v1/tokens/${id}/rotate`, {}, options);
    const { token: secret, ...record } = (await rotateItself()).body;
    expect(await rotateItself()).toMatchObject({ status: 200, body: record });
    expect([await statusOf(token), await statusOf(secret)]).toEqual([200, 200]);
  });

  it('rotates once when one Idempotency-Key is sent several times at once', async () => {
    const { id } = await issueToken(app, ['usage:read']);
    const options = { headers: { 'idempotency-key': uniqueName('rotation') } };
    const send = () => app.api.post(`/v1/tokens/${id}/rotate`, {}, options);
    const responses = await Promise.all([send(), send(), send(), send()]);
    const secrets = responses.flatMap(({ body }) => (body.token ? [body.token] : []));
    expect(secrets).toHaveLength(1);
    expect(await statusOf(secrets[0])).toBe(200);
    expect(responses.every(({ status }) => [200, 409].includes(status))).toBe(true);
  });

  it('returns 422 when an Idempotency-Key is repeated with another overlap', async () => {
    const { id } = await issueToken(app, ['usage:read']);
    const options = { headers: { 'idempotency-key': uniqueName('rotation') } };
    await app.api.post(`/v1/tokens/${id}/rotate`, {}, options);
    const other = await app.api.post(`/v1/tokens/${id}/rotate`, { overlap_seconds: 0 }, options);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency.key_reused' } });
  });

  it('returns 409 for an expired token and says to create a new one', async () => {
    const expires_at = timestampIn(60_000);
    const { id, token } = await issueToken(app, ['usage:read'], { expires_at });
    travel(61);
    const response = await rotate(id);
    expect(response).toMatchObject({ status: 409, body: { code: 'tokens.expired' } });
    expect(response.body.detail).toContain('Create a new token');
    expect(await statusOf(token)).toBe(401);
  });

  it('returns 404 for an unknown or malformed id', async () => {
    for (const id of ['01936b1e-0000-7000-8000-000000000000', 'x']) {
      expect(await rotate(id)).toMatchObject({ status: 404, body: { code: 'tokens.not_found' } });
    }
  });
});

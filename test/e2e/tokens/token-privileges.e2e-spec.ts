import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';

const ALL_BUT_ADMIN = ['providers:read', 'providers:write', 'usage:read', 'tokens:write', 'gateway:use'];

describe('the privileges of a token over tokens', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const tokenBody = (scopes: string[], expires_at?: string) => ({ name: 'created', scopes, expires_at });

  it('require the scope tokens:write', async () => {
    const { id } = await issueToken(app, ['providers:read']);
    const { api } = await issueToken(app, ['providers:read', 'providers:write', 'usage:read', 'gateway:use']);
    const responses = [
      await api.get('/v1/tokens'),
      await api.get(`/v1/tokens/${id}`),
      await api.post('/v1/tokens', tokenBody(['providers:read'])),
      await api.post(`/v1/tokens/${id}/rotate`, {}),
      await api.delete(`/v1/tokens/${id}`),
    ];
    expect(responses.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect((await app.api.get(`/v1/tokens/${id}`)).status).toBe(200);
  });

  it.each<[string[], string[], string[]]>([
    [['tokens:write'], ['providers:read'], ['providers:read']],
    [['tokens:write', 'providers:read'], ['providers:read', 'providers:write'], ['providers:write']],
    [['tokens:write', 'providers:read'], ['admin'], ['admin']],
    [ALL_BUT_ADMIN, ['admin'], ['admin']],
    [ALL_BUT_ADMIN, [...ALL_BUT_ADMIN, 'admin'], ['admin']],
  ])('of %j do not include the creation of a token with %j', async (own, requested, missing) => {
    const { api } = await issueToken(app, own);
    const before = (await app.api.get('/v1/tokens')).body.length;
    const response = await api.post('/v1/tokens', tokenBody(requested));
    expect(response).toMatchObject({ status: 403, body: { code: 'tokens.scope_beyond_own' } });
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="caret", error="insufficient_scope", scope="${missing.join(' ')}"`,
    );
    expect((await app.api.get('/v1/tokens')).body).toHaveLength(before);
  });

  it.each<[string[], string[]]>([
    [['tokens:write'], ['tokens:write']],
    [['tokens:write', 'providers:write'], ['providers:read']],
    [ALL_BUT_ADMIN, ALL_BUT_ADMIN],
    [['admin'], [...ALL_BUT_ADMIN, 'admin']],
  ])('of %j include the creation of a token with %j', async (own, requested) => {
    const { api } = await issueToken(app, own);
    expect((await api.post('/v1/tokens', tokenBody(requested))).status).toBe(201);
  });

  it('do not include the creation of a token with a later expiry', async () => {
    const { api } = await issueToken(app, ['tokens:write'], { expires_at: '2090-01-01T00:00:00.000Z' });
    for (const expires_at of [undefined, '2090-01-01T00:00:00.001Z', '2090-01-01T00:00:00.000-00:01']) {
      const response = await api.post('/v1/tokens', tokenBody(['tokens:write'], expires_at));
      expect(response).toMatchObject({ status: 422, body: { errors: [{ pointer: '/expires_at' }] } });
    }
    const unlimited = await api.post('/v1/tokens', { ...tokenBody(['tokens:write']), expires_at: null });
    expect(unlimited.status).toBe(422);
    const equal = await api.post('/v1/tokens', tokenBody(['tokens:write'], '2090-01-01T00:00:00.000Z'));
    expect(equal.status).toBe(201);
  });

  it('do not include the rotation of a token with more scopes', async () => {
    const stronger = await issueToken(app, ['admin']);
    const { api } = await issueToken(app, ALL_BUT_ADMIN);
    const response = await api.post(`/v1/tokens/${stronger.id}/rotate`, { overlap_seconds: 0 });
    expect(response.status).toBe(403);
    expect((await stronger.api.get('/v1/account')).status).toBe(200);
  });

  it('do not include the rotation of a token with a later expiry', async () => {
    const lasting = await issueToken(app, ['tokens:write']);
    const { api } = await issueToken(app, ['tokens:write'], { expires_at: '2090-01-01T00:00:00.000Z' });
    const response = await api.post(`/v1/tokens/${lasting.id}/rotate`, { overlap_seconds: 0 });
    expect(response.status).toBe(422);
    expect((await lasting.api.get('/v1/account')).status).toBe(200);
  });

  it('include its own rotation, which changes neither scopes nor expiry', async () => {
    const expires_at = '2090-01-01T00:00:00.000Z';
    const { id, api } = await issueToken(app, ['tokens:write'], { expires_at });
    const response = await api.post(`/v1/tokens/${id}/rotate`, {});
    expect(response).toMatchObject({ status: 200, body: { id, scopes: ['tokens:write'], expires_at } });
    const account = await app.clientFor(response.body.token).get('/v1/account');
    expect(account.body.token).toMatchObject({ id, scopes: ['tokens:write'], expires_at });
  });
});

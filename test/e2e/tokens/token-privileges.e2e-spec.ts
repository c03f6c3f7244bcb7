import { startTestApp, type TestApp } from '../../support/app/app';
import { ALL_BUT_ADMIN, issueToken, newApiKey } from '../../support/clients/accounts';
import type { ApiClient } from '../../support/clients/api-client';
import { createProvider, providerPath } from '../../support/registry/factories';

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
    expect(response).toMatchObject({
      status: 403,
      body: {
        code: 'tokens.scope_beyond_own',
        detail: expect.stringContaining('Request fewer scopes, or send a token that has these.'),
      },
    });
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
      const detail =
        'Your own token expires at 2090-01-01T00:00:00.000Z. Send an expires_at that is not later.';
      expect(response).toMatchObject({ status: 422, body: { errors: [{ pointer: '/expires_at', detail }] } });
    }
    const unlimited = await api.post('/v1/tokens', { ...tokenBody(['tokens:write']), expires_at: null });
    expect(unlimited.status).toBe(422);
    const equal = await api.post('/v1/tokens', tokenBody(['tokens:write'], '2090-01-01T00:00:00.000Z'));
    expect(equal.status).toBe(201);
  });

  it.each([[['admin']], [['providers:read']], [['tokens:write']], [ALL_BUT_ADMIN]])(
    'do not include the rotation of a token with %j, unless they include admin',
    async (scopes) => {
      const target = await issueToken(app, scopes);
      const { api } = await issueToken(app, ALL_BUT_ADMIN);
      const response = await api.post(`/v1/tokens/${target.id}/rotate`, { overlap_seconds: 0 });
      expect(response).toMatchObject({ status: 403, body: { code: 'auth.insufficient_scope' } });
      expect(response.headers.get('www-authenticate')).toBe(
        'Bearer realm="caret", error="insufficient_scope", scope="admin"',
      );
      expect((await target.api.get('/v1/account')).status).toBe(200);
      const admin = await issueToken(app, ['admin']);
      expect((await admin.api.post(`/v1/tokens/${target.id}/rotate`, {})).status).toBe(200);
    },
  );

  it.each([undefined, '2090-01-01T00:00:00.001Z'])(
    'do not include the rotation of a token with a later expiry (%s)',
    async (expires_at) => {
      const lasting = await issueToken(app, ['tokens:write'], { expires_at });
      const { api } = await issueToken(app, ['admin'], { expires_at: '2090-01-01T00:00:00.000Z' });
      const response = await api.post(`/v1/tokens/${lasting.id}/rotate`, { overlap_seconds: 0 });
      expect(response).toMatchObject({ status: 403, body: { code: 'tokens.expires_beyond_own' } });
      expect((await lasting.api.get('/v1/account')).status).toBe(200);
    },
  );

  it('do not include a rotation that confirms a base URL for another token', async () => {
    const owner = await issueToken(app, ['providers:write']);
    const provider = await createProvider(owner.api, { base_url: 'http://127.0.0.1:4399/v1' });
    const { api } = await issueToken(app, ALL_BUT_ADMIN);
    expect((await api.post(`/v1/tokens/${owner.id}/rotate`, {})).status).toBe(403);
    const send = (client: ApiClient) => client.patch(providerPath(provider), { api_key: newApiKey() });
    expect((await send(api)).body.errors).toMatchObject([{ code: 'llm_providers.base_url_required' }]);
    expect((await send(owner.api)).status).toBe(200);
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

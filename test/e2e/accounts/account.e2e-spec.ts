import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount, createProvider, issueToken } from '../../support/clients/accounts';

describe('GET /v1/account', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it('returns the account, the token and its scopes', async () => {
    const expires_at = '2099-01-01T00:00:00.000Z';
    const { id, api } = await issueToken(app, ['usage:read', 'providers:read'], {
      name: 'reader',
      expires_at,
    });
    const admin = await app.api.get('/v1/account');
    const response = await api.get('/v1/account');
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      id: admin.body.id,
      name: admin.body.name,
      revision: admin.body.revision,
      quotas: admin.body.quotas,
      token: { id, name: 'reader', scopes: ['providers:read', 'usage:read'], expires_at },
    });
  });

  it.each(['providers:read', 'providers:write', 'usage:read', 'tokens:write', 'gateway:use', 'admin'])(
    'returns 200 to a token with only the scope %s',
    async (scope) => {
      const { api } = await issueToken(app, [scope]);
      expect((await api.get('/v1/account')).status).toBe(200);
    },
  );

  it('returns 304 for the current ETag and 200 after a change', async () => {
    const { headers } = await app.api.get('/v1/account');
    const ifNoneMatch = { headers: { 'If-None-Match': headers.get('etag')! } };
    expect((await app.api.get('/v1/account', ifNoneMatch)).status).toBe(304);
    await createProvider(app.api);
    expect((await app.api.get('/v1/account', ifNoneMatch)).status).toBe(200);
  });

  it('increases the revision with each registry change, but not with failed changes', async () => {
    const revision = async () => (await app.api.get('/v1/account')).body.revision as number;
    const start = await revision();
    const { id } = await createProvider(app.api, { name: 'counted' }, ['m']);
    const afterCreation = await revision();
    expect(afterCreation).toBeGreaterThan(start);
    await app.api.post('/v1/llm-providers', { name: 'Counted', provider: 'openai', api_key: 'sk-second' });
    await app.api.patch(`/v1/llm-providers/${id}`, { name: 5 });
    expect(await revision()).toBe(afterCreation);
    await app.api.delete(`/v1/llm-providers/${id}`);
    expect(await revision()).toBeGreaterThan(afterCreation);
  });

  it('returns the account of the caller, not affected by other accounts', async () => {
    const otherApi = await createAccount(app, 'the other');
    const [own, other] = [await app.api.get('/v1/account'), await otherApi.get('/v1/account')];
    expect(other.body).toMatchObject({ name: 'the other', revision: 0 });
    expect(other.body.id).not.toBe(own.body.id);
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';

const ALL_BUT_ADMIN = ['providers:read', 'providers:write', 'usage:read', 'tokens:write', 'gateway:use'];

describe('what a token may do about tokens', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const mint = (scopes: string[], expires_at?: string) => ({ name: 'minted', scopes, expires_at });

  it('is nothing without tokens:write', async () => {
    const { id } = await issueToken(app, ['providers:read']);
    const { api } = await issueToken(app, ['providers:read', 'providers:write', 'usage:read', 'gateway:use']);
    const answers = [
      await api.get('/v1/tokens'),
      await api.get(`/v1/tokens/${id}`),
      await api.post('/v1/tokens', mint(['providers:read'])),
      await api.post(`/v1/tokens/${id}/rotate`, {}),
      await api.delete(`/v1/tokens/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect((await app.api.get(`/v1/tokens/${id}`)).status).toBe(200);
  });

  it.each<[string[], string[], string[]]>([
    [['tokens:write'], ['providers:read'], ['providers:read']],
    [['tokens:write', 'providers:read'], ['providers:read', 'providers:write'], ['providers:write']],
    [['tokens:write', 'providers:read'], ['admin'], ['admin']],
    [ALL_BUT_ADMIN, ['admin'], ['admin']],
    [ALL_BUT_ADMIN, [...ALL_BUT_ADMIN, 'admin'], ['admin']],
  ])('of %j is not to mint one with %j', async (own, wanted, missing) => {
    const { api } = await issueToken(app, own);
    const before = (await app.api.get('/v1/tokens')).body.length;
    const answer = await api.post('/v1/tokens', mint(wanted));
    expect(answer).toMatchObject({ status: 403, body: { code: 'tokens.scope_beyond_own' } });
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer realm="caret", error="insufficient_scope", scope="${missing.join(' ')}"`,
    );
    expect((await app.api.get('/v1/tokens')).body).toHaveLength(before);
  });

  it.each<[string[], string[]]>([
    [['tokens:write'], ['tokens:write']],
    [['tokens:write', 'providers:write'], ['providers:read']],
    [ALL_BUT_ADMIN, ALL_BUT_ADMIN],
    [['admin'], [...ALL_BUT_ADMIN, 'admin']],
  ])('of %j is to mint one with %j', async (own, wanted) => {
    const { api } = await issueToken(app, own);
    expect((await api.post('/v1/tokens', mint(wanted))).status).toBe(201);
  });

  it('is not to mint one that outlives it', async () => {
    const { api } = await issueToken(app, ['tokens:write'], { expires_at: '2090-01-01T00:00:00.000Z' });
    for (const expires_at of [undefined, '2090-01-01T00:00:00.001Z', '2090-01-01T00:00:00.000-00:01']) {
      const answer = await api.post('/v1/tokens', mint(['tokens:write'], expires_at));
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/expires_at' }] } });
    }
    const none = await api.post('/v1/tokens', { ...mint(['tokens:write']), expires_at: null });
    expect(none.status).toBe(422);
    const asLong = await api.post('/v1/tokens', mint(['tokens:write'], '2090-01-01T00:00:00.000Z'));
    expect(asLong.status).toBe(201);
  });

  it('is not to rotate a token with more, whose new secret would be seen', async () => {
    const mightier = await issueToken(app, ['admin']);
    const { api } = await issueToken(app, ALL_BUT_ADMIN);
    const answer = await api.post(`/v1/tokens/${mightier.id}/rotate`, { overlap_seconds: 0 });
    expect(answer.status).toBe(403);
    expect((await mightier.api.get('/v1/account')).status).toBe(200);
  });

  it('is not to rotate a token that outlives it', async () => {
    const lasting = await issueToken(app, ['tokens:write']);
    const { api } = await issueToken(app, ['tokens:write'], { expires_at: '2090-01-01T00:00:00.000Z' });
    const answer = await api.post(`/v1/tokens/${lasting.id}/rotate`, { overlap_seconds: 0 });
    expect(answer.status).toBe(422);
    expect((await lasting.api.get('/v1/account')).status).toBe(200);
  });

  it('is to rotate itself, and no scope or time is gained by it', async () => {
    const expires_at = '2090-01-01T00:00:00.000Z';
    const { id, api } = await issueToken(app, ['tokens:write'], { expires_at });
    const answer = await api.post(`/v1/tokens/${id}/rotate`, {});
    expect(answer).toMatchObject({ status: 200, body: { id, scopes: ['tokens:write'], expires_at } });
    const account = await app.clientFor(answer.body.token).get('/v1/account');
    expect(account.body.token).toMatchObject({ id, scopes: ['tokens:write'], expires_at });
  });
});

import type { TestApp } from '../../support/app/app';
import { type Replicas, startReplicas } from '../../support/app/replicas';
import { ALL_BUT_ADMIN, createAccount, expireToken, issueToken } from '../../support/clients/accounts';
import type { ApiClient } from '../../support/clients/api-client';

const ROUNDS = 20;
const EARLIER = '2090-01-01T00:00:00.000Z';
const LATER = '2090-01-01T00:00:00.001Z';

describe('the deletion of a token', () => {
  let replicas: Replicas;
  let app: TestApp;

  beforeAll(async () => {
    replicas = await startReplicas();
    app = replicas.first;
  });
  afterAll(() => replicas.stop());

  const remove = (api: ApiClient, id: string) => api.delete(`/v1/tokens/${id}`);
  const ownId = async (api: ApiClient) => (await api.get('/v1/account')).body.token.id as string;
  const createAdmin = async (api: ApiClient, expires_at?: string) => {
    const response = await api.post('/v1/tokens', { name: 'admin', scopes: ['admin'], expires_at });
    if (response.status !== 201) throw new Error(response.text);
    return { id: response.body.id as string, api: app.clientFor(response.body.token) };
  };

  it.each([
    [['tokens:write'], ['admin'], 'admin'],
    [ALL_BUT_ADMIN, ['admin'], 'admin'],
    [['tokens:write'], ['providers:read', 'tokens:write'], 'providers:read'],
    [['tokens:write', 'providers:read'], ['providers:write'], 'providers:write'],
  ])('by %j is rejected for a token with %j', async (own, scopes, missing) => {
    const target = await issueToken(app, scopes);
    const { api } = await issueToken(app, own);
    const response = await remove(api, target.id);
    expect(response).toMatchObject({ status: 403, body: { code: 'tokens.scope_beyond_own' } });
    expect(response.headers.get('www-authenticate')).toContain(`scope="${missing}"`);
    expect((await target.api.get('/v1/account')).status).toBe(200);
  });

  it.each([
    [['tokens:write'], ['tokens:write']],
    [['tokens:write', 'providers:write'], ['providers:read']],
    [['admin'], ['admin']],
  ])('by %j succeeds for a token with %j', async (own, scopes) => {
    const target = await issueToken(app, scopes);
    const { api } = await issueToken(app, own);
    expect((await remove(api, target.id)).status).toBe(204);
    expect((await target.api.get('/v1/account')).status).toBe(401);
  });

  it.each([undefined, LATER])('is rejected for a token that expires later (%s)', async (expires_at) => {
    const target = await issueToken(app, ['tokens:write'], { expires_at });
    const { api } = await issueToken(app, ['tokens:write'], { expires_at: EARLIER });
    const response = await remove(api, target.id);
    expect(response).toMatchObject({ status: 403, body: { code: 'tokens.expires_beyond_own' } });
    expect((await target.api.get('/v1/account')).status).toBe(200);
  });

  it('succeeds for a token that expires at the same time, and for itself', async () => {
    const target = await issueToken(app, ['tokens:write'], { expires_at: EARLIER });
    const { api, id } = await issueToken(app, ['tokens:write'], { expires_at: EARLIER });
    expect((await remove(api, target.id)).status).toBe(204);
    expect((await remove(api, id)).status).toBe(204);
  });

  it('returns the same 404 for the token of another account', async () => {
    const foreign = await createAccount(app);
    const { api } = await issueToken(app, ['tokens:write']);
    expect((await remove(api, await ownId(foreign))).body.code).toBe('tokens.not_found');
  });

  it('is rejected for the last admin token of the account, also after its rotation', async () => {
    const admin = await createAccount(app);
    const id = await ownId(admin);
    await admin.post('/v1/tokens', { name: 'low', scopes: ALL_BUT_ADMIN });
    const rotated = await admin.post(`/v1/tokens/${id}/rotate`, { overlap_seconds: 60 });
    for (const api of [admin, app.clientFor(rotated.body.token)])
      expect(await remove(api, id)).toMatchObject({ status: 409, body: { code: 'tokens.last_admin' } });
    expect((await admin.get('/v1/account')).status).toBe(200);

    const successor = await createAdmin(admin);
    expect((await remove(admin, id)).status).toBe(204);
    expect((await remove(successor.api, successor.id)).status).toBe(409);
  });

  it('is rejected for the last admin token that does not expire, whoever deletes it', async () => {
    const permanent = await createAccount(app);
    const id = await ownId(permanent);
    const expiring = await createAdmin(permanent, LATER);
    const response = await remove(permanent, id);
    expect(response).toMatchObject({ status: 409, body: { code: 'tokens.last_admin' } });
    expect(response.body.detail).toContain('does not expire');
    expect((await remove(expiring.api, id)).status).toBe(403);

    const successor = await createAdmin(permanent);
    expect((await remove(permanent, id)).status).toBe(204);
    expect((await remove(successor.api, successor.id)).status).toBe(409);
    expect((await remove(expiring.api, expiring.id)).status).toBe(204);
  });

  it('succeeds for an expiring admin token when another one lasts, whenever it expires', async () => {
    const permanent = await createAccount(app);
    const [first, second] = [await createAdmin(permanent, LATER), await createAdmin(permanent, EARLIER)];
    await app.database.query('DELETE FROM api_tokens WHERE id = ?', [await ownId(permanent)]);
    expect((await remove(first.api, first.id)).status).toBe(204);
    expect((await remove(second.api, second.id)).status).toBe(409);
  });

  it('does not count an expired admin token, and deletes it', async () => {
    const admin = await createAccount(app);
    const expired = await createAdmin(admin, EARLIER);
    await expireToken(app, expired.id);
    expect((await remove(admin, await ownId(admin))).status).toBe(409);
    expect((await remove(admin, expired.id)).status).toBe(204);
  });

  it('leaves one admin token when the last two are deleted concurrently', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const first = await createAccount(app);
      const second = await createAdmin(first);
      const ids = [await ownId(first), second.id];
      // Each token deletes the other one, or itself, on its own replica.
      const targets = round % 2 === 0 ? ids.toReversed() : ids;
      const clients = [first, second.api].map((api) => replicas.api().as(api.token));
      const responses = await Promise.all(clients.map((api, index) => remove(api, targets[index]!)));
      expect(responses.map(({ status }) => status).filter((status) => status === 204)).toHaveLength(1);
      const rows = await app.database.query('SELECT id FROM api_tokens WHERE id IN (?, ?)', ids);
      expect(rows).toHaveLength(1);
    }
  });
});

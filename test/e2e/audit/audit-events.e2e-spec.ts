import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount, createProvider, issueToken, newApiKey } from '../../support/clients/accounts';
import { ApiClient, type ApiResponse, type Json } from '../../support/clients/api-client';
import { omit } from '../../support/comparable-response';

const MASKED_CHANGE = { before: '***', after: '***' };

describe('GET /v1/audit-events', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const events = async () => (await app.api.get('/v1/audit-events')).body as Json[];
  const latest = async () => (await events())[0]!;

  /** Sends a successful request and returns its one audit event. */
  async function recordEvent(request: () => Promise<ApiResponse>) {
    const before = (await events()).length;
    const response = await request();
    expect(response.status).toBeLessThan(300);
    expect(await events()).toHaveLength(before + 1);
    return { event: await latest(), response };
  }

  it('returns the actor, the action, the resource, the time and the request id of a change', async () => {
    const { id, api } = await issueToken(app, ['providers:write'], { name: 'deployer' });
    const before = Date.now();
    const { event, response } = await recordEvent(() =>
      api.post(
        '/v1/llm-providers',
        { name: 'traced', provider: 'openai', api_key: newApiKey() },
        { headers: { 'X-Request-Id': 'deploy-42' } },
      ),
    );
    expect(event).toMatchObject({
      actor: { token_id: id, token_name: 'deployer' },
      action: 'provider.create',
      resource: { type: 'provider', id: response.body.id, name: 'traced' },
      trace_id: 'deploy-42',
    });
    expect(Date.parse(event.at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(event.at)).toBeLessThanOrEqual(Date.now());
  });

  it('returns every field of a created provider, with null before', async () => {
    const body = {
      name: 'created',
      provider: 'openai',
      api_key: newApiKey(),
      base_url: 'http://127.0.0.1:9999/v1',
    };
    const { event, response } = await recordEvent(() => app.api.post('/v1/llm-providers', body));
    expect(event.changes).toMatchObject({
      name: { before: null, after: 'created' },
      provider: { before: null, after: 'openai' },
      base_url: { before: null, after: response.body.base_url },
      api_key: { before: null, after: '***' },
    });
  });

  it('returns only the changed fields of an update', async () => {
    const { id } = await createProvider(app.api, { name: 'renamed' });
    const { event } = await recordEvent(() =>
      app.api.patch(`/v1/llm-providers/${id}`, { name: 'new name', advanced_json: { seed: 1 } }),
    );
    expect(event.action).toBe('provider.update');
    expect(omit(event.changes, 'updated_at')).toEqual({
      name: { before: 'renamed', after: 'new name' },
      advanced_json: { before: null, after: { seed: 1 } },
    });
  });

  it('returns the former fields of a deleted provider', async () => {
    const { id } = await createProvider(app.api, { name: 'doomed' }, ['a-model']);
    const { event } = await recordEvent(() => app.api.delete(`/v1/llm-providers/${id}`));
    expect(event).toMatchObject({
      action: 'provider.delete',
      resource: { type: 'provider', id, name: 'doomed' },
      changes: { name: { before: 'doomed', after: null } },
    });
  });

  it('returns an event for each change of a model', async () => {
    const { id } = await createProvider(app.api, { name: 'parent' });
    const path = `/v1/llm-providers/${id}/models`;
    const created = await recordEvent(() => app.api.post(path, { model: 'm', priority: 1 }));
    expect(created.event).toMatchObject({
      action: 'model.create',
      resource: { type: 'model', id: created.response.body.id, name: 'parent^m' },
      changes: { priority: { before: null, after: 1 } },
    });
    const updated = await recordEvent(() =>
      app.api.patch(`${path}/${created.response.body.id}`, { priority: 2 }),
    );
    expect(updated.event).toMatchObject({
      action: 'model.update',
      changes: { priority: { before: 1, after: 2 } },
    });
    const deleted = await recordEvent(() => app.api.delete(`${path}/${created.response.body.id}`));
    expect(deleted.event).toMatchObject({
      action: 'model.delete',
      changes: { model: { before: 'm', after: null } },
    });
  });

  it('returns an event for each change of a token', async () => {
    const created = await recordEvent(() =>
      app.api.post('/v1/tokens', { name: 't', scopes: ['usage:read'] }),
    );
    const { id } = created.response.body;
    const resource = { type: 'token', id, name: 't' };
    expect(created.event).toMatchObject({
      action: 'token.create',
      resource,
      changes: { scopes: { before: null, after: ['usage:read'] } },
    });
    const rotated = await recordEvent(() => app.api.post(`/v1/tokens/${id}/rotate`, {}));
    expect(rotated.event).toMatchObject({ action: 'token.rotate', resource });
    const deleted = await recordEvent(() => app.api.delete(`/v1/tokens/${id}`));
    expect(deleted.event).toMatchObject({
      action: 'token.delete',
      resource,
      changes: { name: { before: 't', after: null } },
    });
  });

  it('shows changed secrets as ***', async () => {
    const apiKeys = [newApiKey(), newApiKey()];
    const secretHeader = newApiKey();
    const advanced_json = { extra_headers: { 'X-Auth-Extra': secretHeader, 'X-Client-Plain': 'plain' } };
    const { id } = await createProvider(app.api, { api_key: apiKeys[0], advanced_json });
    const { event } = await recordEvent(() =>
      app.api.patch(`/v1/llm-providers/${id}`, { api_key: apiKeys[1] }),
    );
    expect(event.changes.api_key).toEqual(MASKED_CHANGE);
    const rotated = await issueToken(app, ['admin']);
    await app.api.post(`/v1/tokens/${rotated.id}/rotate`, {});
    expect((await latest()).changes.secret).toEqual(MASKED_CHANGE);
    const { text } = await app.api.get('/v1/audit-events');
    for (const secret of [...apiKeys, secretHeader]) expect(text).not.toContain(secret.slice(9));
    expect(text).not.toContain(rotated.token.slice(-51));
    expect(text).toContain('"X-Client-Plain":"plain"');
  });

  it('returns no event for failed requests', async () => {
    const { id, modelIds } = await createProvider(app.api, { name: 'taken' }, ['m']);
    const path = `/v1/llm-providers/${id}`;
    const stale = { headers: { 'If-Match': '"stale"' } };
    const before = await events();
    const failures = [
      await app.api.post('/v1/llm-providers', { name: 'TAKEN', provider: 'openai', api_key: 'sk-x' }),
      await app.api.post('/v1/llm-providers', { name: '' }),
      await app.api.patch(path, { name: 'x' }, stale),
      await app.api.delete(path, undefined, stale),
      await app.api.post(`${path}/models`, { model: 'M' }),
      await app.api.patch(`${path}/models/${modelIds[0]}`, { priority: 'x' }),
      await app.api.delete('/v1/tokens/01936b1e-0000-7000-8000-000000000000'),
    ];
    expect(failures.map(({ status }) => status)).toEqual([409, 422, 412, 412, 409, 422, 404]);
    expect(await events()).toEqual(before);
  });

  it('returns the creation of the first account and its token', async () => {
    const { body } = await app.api.get('/v1/account');
    expect((await events()).slice(-2).reverse()).toMatchObject([
      { action: 'account.create', resource: { type: 'account', id: body.id }, actor: { token_id: null } },
      { action: 'token.create', resource: { id: body.token.id }, actor: { token_id: null } },
    ]);
  });

  it('returns no event of another account', async () => {
    const other = await createAccount(app);
    await createProvider(other, { name: 'elsewhere' });
    const { text } = await other.get('/v1/audit-events');
    expect(text).toContain('elsewhere');
    expect(text).not.toContain('taken');
    expect((await app.api.get('/v1/audit-events')).text).not.toContain('elsewhere');
  });

  it('returns 403 without the scope admin and 405 for every method that writes', async () => {
    const scopes = ['providers:read', 'providers:write', 'usage:read', 'tokens:write', 'gateway:use'];
    const { api } = await issueToken(app, scopes);
    expect((await api.get('/v1/audit-events')).status).toBe(403);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect((await app.api.request(method, '/v1/audit-events')).status).toBe(405);
    }
  });

  it('changes nothing when the audit event cannot be stored', async () => {
    const { id } = await createProvider(app.api, { name: 'before' }, ['m']);
    const token = await issueToken(app, ['usage:read']);
    // Without the contract, because 500 is not a documented response.
    const uncheckedApi = new ApiClient(app.url, app.adminToken);
    const [provider, tokens] = [`/v1/llm-providers/${id}`, '/v1/tokens'];
    const state = async () => [
      (await app.api.get('/v1/account')).body.revision,
      (await app.api.get('/v1/llm-providers')).body,
      (await app.api.get(tokens)).body.map((row: { id: string }) => row.id),
    ];
    const before = await state();
    await app.database.query('ALTER TABLE audit_events RENAME TO audit_events_away');
    const responses = [
      await uncheckedApi.post('/v1/llm-providers', { name: 'half', provider: 'openai', api_key: 'sk-half' }),
      await uncheckedApi.patch(provider, { name: 'half' }),
      await uncheckedApi.post(`${provider}/models`, { model: 'half' }),
      await uncheckedApi.post(tokens, { name: 'half', scopes: ['admin'] }),
      await uncheckedApi.post(`${tokens}/${token.id}/rotate`, { overlap_seconds: 0 }),
      await uncheckedApi.delete(`${tokens}/${token.id}`),
      await uncheckedApi.delete(provider),
    ];
    await app.database.query('ALTER TABLE audit_events_away RENAME TO audit_events');
    for (const { status, body } of responses)
      expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal' });
    expect(await state()).toEqual(before);
    expect((await token.api.get('/v1/account')).status).toBe(200);
  });
});

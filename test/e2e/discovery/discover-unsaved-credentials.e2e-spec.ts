import { startTestApp, type TestApp } from '../../support/app/app';
import {
  API_KEY,
  createClientWith,
  createModel,
  createProvider,
  invalid,
  problem,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { hang, replyAnthropicModels, replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const UNSAVED_KEY = 'sk-unsaved-ABCDEFGHIJKLMNOPQRSTUVWX';
const LIST = replyJson(openaiModelList(['two', 'one']));

describe('POST /v1/llm-providers/discover', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(() => upstream.script(LIST));

  const discover = (overrides: object = {}, api = app.api) =>
    api.post('/v1/llm-providers/discover', {
      provider: 'openai',
      api_key: UNSAVED_KEY,
      base_url: upstream.url,
      ...overrides,
    });

  it('lists the models that the upstream offers for the key in the body', async () => {
    const response = await discover();
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      models: [
        { id: 'one', name: 'one', configured: false, position: 1, callable: null, lifecycle: null },
        { id: 'two', name: 'two', configured: false, position: 0, callable: null, lifecycle: null },
      ],
      fetched_at: expect.any(String),
      cached: false,
      truncated: false,
      left: 0,
      unreadable: 0,
      key: 'not_checked',
      detail: expect.stringContaining('without a key too'),
    });
    // The second request finds out whether the list needs the key.
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${UNSAVED_KEY}`,
      undefined,
    ]);
  });

  it('reads every page of Anthropic', async () => {
    upstream.script(replyAnthropicModels(['c', 'a', 'b'], 2));
    const { body } = await discover({ provider: 'anthropic' });
    expect(body.models.map(({ id }: { id: string }) => id)).toEqual(['a', 'b', 'c']);
    const withKey = upstream.requests.filter(({ headers }) => headers['x-api-key']);
    expect(withKey).toHaveLength(2);
    expect(withKey[1]!.headers).toMatchObject({ 'x-api-key': UNSAVED_KEY });
  });

  it('stores nothing but an audit event without the key and the address', async () => {
    const before = (await app.api.get('/v1/audit-events')).body;
    await discover({ advanced_json: { extra_headers: { 'X-Token': 'unsaved header secret' } } });
    const [event, ...others] = (await app.api.get('/v1/audit-events')).body;
    expect(others).toEqual(before);
    expect(event).toMatchObject({
      action: 'provider.discover',
      resource: { type: 'provider', id: null, name: 'openai' },
      changes: { result: { before: null, after: 'ok' } },
    });
    const dump = await app.database.dump();
    for (const value of [UNSAVED_KEY, upstream.url, 'unsaved header secret'])
      expect(dump).not.toContain(value);
    expect(app.logs()).not.toContain(UNSAVED_KEY);
  });

  it('is not cached', async () => {
    await discover();
    expect((await discover()).body.cached).toBe(false);
    expect(upstream.requests).toHaveLength(2);
  });

  it('marks no model as configured, even if a stored provider has it', async () => {
    const provider = await createProvider(app.api, { base_url: upstream.url });
    await createModel(app.api, provider.id, { model: 'one' });
    const { body } = await discover({ api_key: API_KEY });
    expect(body.models.map(({ configured }: { configured: boolean }) => configured)).toEqual([false, false]);
  });

  describe('never sends a stored secret to the address in the body', () => {
    it('without a key in the body', async () => {
      await createProvider(app.api, { base_url: upstream.url });
      expect(problem(await discover({ api_key: undefined }))).toEqual(invalid('/api_key'));
      expect(upstream.connections).toBe(0);
    });

    it('with the id of a provider', async () => {
      const { id } = await createProvider(app.api, { base_url: upstream.url });
      for (const field of ['id', 'provider_id', 'name']) {
        expect(problem(await discover({ [field]: id }))).toEqual(invalid(`/${field}`));
      }
      expect(upstream.connections).toBe(0);
    });

    it.each(['***', '••••••••', 'sk-…abcd', 'sk-...abcd', '', null, 5])(
      'with %p as a key',
      async (api_key) => {
        expect(problem(await discover({ api_key }))).toEqual(invalid('/api_key'));
        expect(upstream.connections).toBe(0);
      },
    );

    it('with "***" for a secret header', async () => {
      const advanced_json = { extra_headers: { 'X-Token': 'stored header secret' } };
      await createProvider(app.api, { base_url: upstream.url, advanced_json });
      const masked = await discover({ advanced_json: { extra_headers: { 'X-Token': '***' } } });
      expect(problem(masked)).toEqual(invalid('/advanced_json/extra_headers/X-Token'));
      expect(upstream.connections).toBe(0);
    });
  });

  it.each([
    ['/provider', { provider: 'gemini' }],
    ['/provider', { provider: undefined }],
    ['/openai_api_mode', { provider: 'anthropic', openai_api_mode: 'auto' }],
    ['/base_url', { base_url: 'not a url' }],
    ['/advanced_json/timeout_ms', { advanced_json: { timeout_ms: 0 } }],
    ['/models', { models: 'all' }],
  ])('rejects an invalid %s', async (pointer, overrides) => {
    expect(problem(await discover(overrides))).toEqual(invalid(pointer));
    expect(upstream.connections).toBe(0);
  });

  it.each([
    [replyJson({ error: { message: 'bad key' } }, 401), 422, 'llm_providers.upstream_auth_failed'],
    [replyJson({}, 429), 422, 'llm_providers.upstream_request_failed'],
    [replyJson({}, 500), 502, 'llm_providers.upstream_error'],
    [replyJson({}), 502, 'llm_providers.upstream_invalid_response'],
    [hang(), 504, 'llm_providers.upstream_timeout'],
  ])('fails like available-models', async (reply, status, code) => {
    upstream.script(reply);
    const timeout_ms = status === 504 ? 150 : 60_000;
    const response = await discover({ advanced_json: { timeout_ms } });
    expect(problem(response)).toEqual({ status, code });
  });

  it('requires the scope providers:write', async () => {
    expect((await discover({}, await createClientWith(app, ['providers:read']))).status).toBe(403);
    expect((await discover({}, await createClientWith(app, ['providers:write']))).status).toBe(200);
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { newApiKey } from '../../support/clients/accounts';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  modelPath,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { consideredIn, resolve, routesOf } from '../../support/registry/routing';
import { findLeaks } from '../../support/secrets/leak-search';

const ROUTE = {
  selector: expect.any(String),
  provider_id: expect.any(String),
  model_id: expect.any(String),
  provider: 'openai',
  model: expect.any(String),
  base_url: 'https://api.openai.com/v1',
  protocol: 'openai_responses',
  advanced_json: {},
  multiplier: 1,
  cost_per_1k_input: null,
  cost_per_1k_output: null,
  cost_per_1k_cache_write: null,
  cost_per_1k_cache_read: null,
};

describe('the response of POST /v1/resolve', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ env: { LOG_LEVEL: 'trace' } });
  });
  afterAll(() => app.stop());

  /** Resolves a new model of a new provider. */
  async function selectedFor(provider: Json, model: Json = {}): Promise<Json> {
    const { selector } = await createModel(app.api, (await createProvider(app.api, provider)).id, model);
    return (await resolve(app.api, { selector })).body.selected;
  }

  it('contains the model, its provider and the revision', async () => {
    const provider = await createProvider(app.api, { name: 'whole' });
    const created = await app.api.post(`${providerPath(provider)}/models`, { model: 'org/m:free' });
    const response = await resolve(app.api, { selector: 'WHOLE^ORG/m:FREE' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-registry-revision')).toBe(String(response.body.revision));
    expect(created.headers.get('x-registry-revision')).toBe(String(response.body.revision));
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.body).toEqual({
      revision: expect.any(Number),
      selected: {
        ...ROUTE,
        selector: 'whole^org/m:free',
        provider_id: provider.id,
        model_id: created.body.id,
        model: 'org/m:free',
      },
      fallbacks: [],
      fallbacks_truncated: false,
    });
  });

  describe('base_url', () => {
    it.each([
      ['openai', null, 'https://api.openai.com/v1'],
      ['openai', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1'],
      ['openai', 'http://127.0.0.1:8080/', 'http://127.0.0.1:8080/v1'],
      ['openai', 'http://127.0.0.1:8080/v1/', 'http://127.0.0.1:8080/v1'],
      ['openai', 'http://127.0.0.1:8080/v1beta/openai', 'http://127.0.0.1:8080/v1beta/openai'],
      ['anthropic', null, 'https://api.anthropic.com'],
      ['anthropic', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
      ['anthropic', 'http://127.0.0.1:8080/v1/', 'http://127.0.0.1:8080'],
      ['anthropic', 'http://127.0.0.1:8080/proxy', 'http://127.0.0.1:8080/proxy'],
      ['anthropic', 'http://127.0.0.1:8080/proxy/v1', 'http://127.0.0.1:8080/proxy'],
    ])('is the effective URL of %s with %s: %s', async (provider, base_url, expected) => {
      expect(await selectedFor({ provider, base_url })).toMatchObject({ provider, base_url: expected });
    });

    it('changes with the provider', async () => {
      const provider = await createProvider(app.api);
      const { selector } = await createModel(app.api, provider.id);
      const moved = { base_url: 'http://127.0.0.1:8081', api_key: newApiKey() };
      expect((await app.api.patch(providerPath(provider), moved)).status).toBe(200);
      expect((await resolve(app.api, { selector })).body.selected.base_url).toBe('http://127.0.0.1:8081/v1');
    });
  });

  it.each([
    ['openai', null, 'openai_responses'],
    ['openai', 'auto', 'openai_responses'],
    ['openai', 'responses', 'openai_responses'],
    ['openai', 'chat_completions', 'openai_chat_completions'],
    ['anthropic', null, 'anthropic_messages'],
  ])('has for %s in mode %s the protocol %s', async (provider, openai_api_mode, protocol) => {
    expect(await selectedFor({ provider, openai_api_mode })).toMatchObject({ protocol });
  });

  describe('advanced_json', () => {
    it("merges the model's over the provider's by top-level key", async () => {
      const provider = {
        temperature: 0.1,
        nested: { a: 1, b: 2 },
        stop: ['x'],
        kept: null,
        extra_headers: { 'X-Title': 'provider' },
      };
      const model = {
        nested: { c: 3 },
        stop: null,
        extra_headers: { 'X-Client-Other': 'model' },
        timeout_ms: 5,
      };
      const { advanced_json } = await selectedFor({ advanced_json: provider }, { advanced_json: model });
      expect(advanced_json).toEqual({ ...provider, ...model });
    });

    it('contains keys named like inherited properties', async () => {
      const own = JSON.parse('{"toString":1,"valueOf":{"hasOwnProperty":2}}');
      const { advanced_json } = await selectedFor({ advanced_json: { toString: 0 } }, { advanced_json: own });
      expect(advanced_json).toEqual(own);
    });

    it.each([null, {}])('is {} if there is none (%j)', async (advanced_json) => {
      expect((await selectedFor({ advanced_json }, { advanced_json })).advanced_json).toEqual({});
    });
  });

  it('contains each rate as it was set, with 0 for free and null for unknown', async () => {
    const rates = {
      multiplier: 0,
      cost_per_1k_input: 0,
      cost_per_1k_output: 0.000000000001,
      cost_per_1k_cache_read: 123456.789012,
    };
    expect(await selectedFor({}, rates)).toEqual({ ...ROUTE, ...rates });
  });

  it('contains no API key or secret header, and neither does the log', async () => {
    const [api_key, header, modelHeader] = [newApiKey(), newApiKey(), newApiKey()];
    const advanced_json = { extra_headers: { 'X-Api-Token': header } };
    const provider = await createProvider(app.api, { api_key, advanced_json });
    await createModel(app.api, provider.id, { tags: ['secret'] });
    const over = { extra_headers: { 'X-Secret': modelHeader, 'X-Client-Open': 'shown' } };
    await createModel(app.api, provider.id, { tags: ['secret'], advanced_json: over });
    const response = await resolve(app.api, { selector: '#secret', explain: true });
    const shown = [response.body.selected, ...response.body.fallbacks].map(
      (route: Json) => route.advanced_json.extra_headers,
    );
    expect(shown).toEqual([{ 'X-Api-Token': '***' }, { 'X-Secret': '***', 'X-Client-Open': 'shown' }]);
    const none = await resolve(app.api, { selector: `${provider.name}^none` });
    const selectors = await app.api.get('/v1/selectors');
    const texts = [response.text, none.text, selectors.text, app.logs()].join('\n');
    for (const secret of [api_key, header, modelHeader]) expect(findLeaks(secret, texts)).toEqual([]);
  });

  describe('with a provider whose API key cannot be decrypted', () => {
    let broken: Json;
    let usable: Json;
    let tag: string;
    let minRevision: string;

    beforeEach(async () => {
      tag = uniqueName('tag');
      broken = await createProvider(app.api, { name: uniqueName('broken') });
      usable = await createProvider(app.api);
      for (const { id } of [broken, usable]) await createModel(app.api, id, { model: tag, tags: [tag] });
      expect(routesOf(await resolve(app.api, { selector: `#${tag}` }))).toHaveLength(2);
      const damage = "UPDATE providers SET sealed_api_key = 'v1.gone.a.b' WHERE id = ?";
      await app.database.query(damage, [broken.id]);
      await app.database.query('UPDATE accounts SET revision = revision + 1');
      const [account] = await app.database.query<{ revision: number }>('SELECT revision FROM accounts');
      minRevision = String(account!.revision);
    });
    const resolveNow = (body: Json) =>
      app.api.post('/v1/resolve', body, { headers: { 'X-Registry-Revision': minRevision } });

    it.each([(name: string) => `#${name}`, (name: string) => name])(
      'contains other candidates and the reason for the exclusion',
      async (selectorOf) => {
        const response = await resolveNow({ selector: selectorOf(tag), explain: true });
        expect(routesOf(response)).toEqual([`${usable.name}^${tag}`]);
        expect(consideredIn(response)).toEqual({
          [`${usable.name}^${tag}`]: 'no rule',
          [`${broken.name}^${tag}`]: expect.stringContaining('secret_undecryptable'),
        });
      },
    );

    it('excludes it from auto', async () => {
      const response = await resolveNow({ explain: true });
      expect(routesOf(response)).not.toContain(`${broken.name}^${tag}`);
      expect(consideredIn(response)[`${broken.name}^${tag}`]).toContain('secret_undecryptable');
    });

    it.each([
      ['its model', () => `${broken.name}^${tag}`],
      ['its default', () => `${broken.name}^`],
      ['its tag', () => `${broken.name}^#${tag}`],
    ])('is 404 with the reason if only %s is selected', async (_what, selectorOf) => {
      const response = await resolveNow({ selector: selectorOf() });
      expect(problem(response)).toEqual({ status: 404, code: 'routing.no_route' });
      expect(response.body.detail).toContain('secret_undecryptable');
    });

    it('contains it again after its API key is replaced', async () => {
      expect((await resolveNow({ selector: `${broken.name}^` })).status).toBe(404);
      await app.api.patch(providerPath(broken), { api_key: newApiKey() });
      expect(routesOf(await resolve(app.api, { selector: `${broken.name}^` }))).toHaveLength(1);
    });

    it('reflects changes of its models', async () => {
      const added = await createModel(app.api, broken.id, { tags: [tag] });
      const response = await resolveNow({ selector: `#${tag}`, explain: true });
      expect(consideredIn(response)[added.selector]).toContain('secret_undecryptable');
      await app.api.delete(modelPath(added));
      expect(consideredIn(await resolveNow({ selector: `#${tag}`, explain: true }))).not.toHaveProperty([
        added.selector,
      ]);
    });
  });
});

import { GuardedHttpClient, type UpstreamRequest } from '../../../src/upstream/client/guarded-http-client';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { createProvider, modelPath, providerPath } from '../../support/registry/factories';
import { anthropicModelPage, openaiModelList } from '../../support/upstreams/model-lists';

const SONNET = {
  cost_per_1k_input: 0.003,
  cost_per_1k_output: 0.015,
  cost_per_1k_cache_write: 0.00375,
  cost_per_1k_cache_read: 0.0003,
};
const UNKNOWN = {
  cost_per_1k_input: null,
  cost_per_1k_output: null,
  cost_per_1k_cache_write: null,
  cost_per_1k_cache_read: null,
};

/** A paid model of OpenRouter's list, with zeros for prices that the list does not know, and a tier. */
const LISTED = {
  id: 'acme/large',
  pricing: {
    prompt: '0.000003',
    completion: '0.000015',
    internal_reasoning: '0',
    input_cache_read: '0',
    overrides: [{ min_prompt_tokens: 200_001, prompt: '0.000006', completion: '0.0000225' }],
  },
};

/** Replaces the HTTP client, because a test cannot call the vendors' hosts. */
describe('suggested costs', () => {
  let app: TestApp;
  let requested: string[];

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    requested = [];
    jest.spyOn(app.app.get(GuardedHttpClient), 'request').mockImplementation(({ url }: UpstreamRequest) => {
      requested.push(url.origin + url.pathname);
      const anthropic = ['claude-sonnet-4-20250514', 'claude-nobody-knows', 'claude-sonnet-4-5-mini'];
      const body = url.host.includes('anthropic')
        ? anthropicModelPage(anthropic, { limit: 1000, afterId: null })
        : url.host === 'openrouter.ai'
          ? { data: [LISTED] }
          : openaiModelList(['gpt-4o', 'ft:nobody-knows', 'deepseek-chat', 'models/gemini-2.5-pro']);
      return Promise.resolve({
        status: 200,
        headers: {},
        body: Buffer.from(JSON.stringify(body)),
        latencyMs: 1,
        receivedBytes: 1,
      });
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const costsAt = async (provider: string, base_url: string | null) => {
    const path = providerPath(await createProvider(app.api, { provider, base_url }));
    const { body } = await app.api.get(`${path}/available-models`);
    return Object.fromEntries(body.models.map(({ id, suggested_costs }: Json) => [id, suggested_costs]));
  };

  it.each([
    ['openai', null, 'https://api.openai.com/v1/models', 'gpt-4o'],
    ['openai', 'https://api.openai.com', 'https://api.openai.com/v1/models', 'gpt-4o'],
    ['openai', 'https://api.openai.com/v1', 'https://api.openai.com/v1/models', 'gpt-4o'],
    ['anthropic', null, 'https://api.anthropic.com/v1/models', 'claude-sonnet-4-20250514'],
    [
      'anthropic',
      'https://api.anthropic.com/v1',
      'https://api.anthropic.com/v1/models',
      'claude-sonnet-4-20250514',
    ],
  ])(
    "are shown at the vendor's host, with origin and date (%s at %s)",
    async (provider, base_url, url, model) => {
      const costs = await costsAt(provider, base_url);
      expect(requested).toEqual([url]);
      expect(costs[model]).toMatchObject({
        cost_per_1k_input: expect.any(Number),
        cost_per_1k_output: expect.any(Number),
        source: 'catalogue',
        origin: {
          catalogue: expect.stringMatching(/^@pydantic\/genai-prices@\d/),
          provider,
          model: expect.any(String),
        },
        as_of: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
        pricing: { source: 'catalogue', as_of: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) },
      });
    },
  );

  it('are US dollars per 1000 tokens, without binary rounding', async () => {
    expect((await costsAt('anthropic', null))['claude-sonnet-4-20250514']).toMatchObject(SONNET);
  });

  it('are absent for a model that the catalogue does not know', async () => {
    const anthropic = await costsAt('anthropic', null);
    expect(anthropic['claude-nobody-knows']).toBeUndefined();
    expect(anthropic['claude-sonnet-4-5-mini']).toBeUndefined();
    expect((await costsAt('openai', null))['ft:nobody-knows']).toBeUndefined();
  });

  it.each([
    'https://api.openai.com.example.org/v1',
    'https://example.org/api.openai.com/v1',
    'https://example.org',
  ])('are absent at %s, which may charge others', async (base_url) => {
    expect((await costsAt('openai', base_url))['gpt-4o']).toBeUndefined();
  });

  describe('on import', () => {
    const importAll = async (body: object, provider: Json = { provider: 'anthropic' }) => {
      const path = providerPath(await createProvider(app.api, provider));
      const response = await app.api.post(`${path}/models/import`, { models: 'all', ...body });
      expect(response.status).toBe(200);
      return Object.fromEntries(response.body.added.map((model: Json) => [model.model, model]));
    };
    const costOf = async (model: Json, usage: Json, context: Json = {}) =>
      (await app.api.post('/v1/cost', { model_id: model.id, usage, context })).body;

    it('are stored with price "suggested" and say where they come from, and are unknown without a source', async () => {
      const added = await importAll({ price: 'suggested' });
      expect(added['claude-sonnet-4-20250514']).toMatchObject({
        ...SONNET,
        pricing: { source: 'catalogue', rates: { cache_write_1h: '0.006' }, units: { web_search: '0.01' } },
      });
      expect(added['claude-nobody-knows']).toMatchObject({ ...UNKNOWN, pricing: null });
    });

    it('are not set without it', async () => {
      expect((await importAll({}))['claude-sonnet-4-20250514']).toMatchObject({ ...UNKNOWN, pricing: null });
    });

    it('start the price history with their source', async () => {
      const { 'claude-sonnet-4-20250514': model } = await importAll({ price: 'suggested' });
      const { body } = await app.api.get(`${modelPath(model)}/prices`);
      expect(body).toMatchObject([{ source: 'catalogue', pricing: model.pricing }]);
    });

    it('price one-hour cache writes as the vendor does', async () => {
      const { 'claude-sonnet-4-20250514': model } = await importAll({ price: 'suggested' });
      const usage = {
        input_tokens: 3,
        output_tokens: 550,
        cache_creation_input_tokens: 12304,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 12304 },
      };
      // 3 × 3 + 550 × 15 + 12304 × 6 = 82083 for a million.
      expect(await costOf(model, usage)).toMatchObject({ cost: '0.082083', assumed: false });
    });

    it('price a long prompt by its tier', async () => {
      const base_url = 'https://generativelanguage.googleapis.com/v1beta/openai';
      const added = await importAll({ price: 'suggested' }, { base_url });
      const usage = { prompt_tokens: 250_000, completion_tokens: 1_000, total_tokens: 251_000 };
      // 250000 × 2.5 + 1000 × 15 = 640000 for a million.
      expect(await costOf(added['models/gemini-2.5-pro'], usage)).toMatchObject({
        cost: '0.64',
        assumed: false,
        tier: { above_input_tokens: 200000 },
      });
    });

    it.each([
      // 1000 × 3 + 6000 × 15 = 93000 for a million. The price of cached tokens is not known, so that of input applies.
      [1000, 900, '0.093', true, null],
      // 200000 × 3 + 6000 × 15 = 690000 for a million.
      [200_000, 0, '0.69', false, null],
      // 200001 × 6 + 6000 × 22.5 = 1335006 for a million.
      [200_001, 0, '1.335006', false, { above_input_tokens: 200_000 }],
    ])('price %i tokens, %i of them cached, by the list of the upstream', async (...expected) => {
      const [prompt_tokens, cached_tokens, cost, assumed, tier] = expected;
      const added = await importAll({ price: 'suggested' }, { base_url: 'https://openrouter.ai/api/v1' });
      const usage = {
        prompt_tokens,
        completion_tokens: 6000,
        prompt_tokens_details: { cached_tokens },
        completion_tokens_details: { reasoning_tokens: 5000 },
      };
      expect(await costOf(added[LISTED.id], usage)).toMatchObject({ cost, assumed, tier });
    });

    it.each([
      // 1000 × 0.27 and 1000 × 0.135 for a million.
      ['2026-11-28T12:00:00Z', '0.00027'],
      ['2026-11-28T21:00:00Z', '0.000135'],
    ])('price by the hour of the request (%s), and not of the import', async (at, cost) => {
      const added = await importAll({ price: 'suggested' }, { base_url: 'https://api.deepseek.com' });
      const usage = { prompt_tokens: 1000, completion_tokens: 0 };
      expect((await costOf(added['deepseek-chat'], usage, { at })).cost).toBe(cost);
    });
  });
});

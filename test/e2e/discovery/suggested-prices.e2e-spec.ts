import { GuardedHttpClient, type UpstreamRequest } from '../../../src/upstream/client/guarded-http-client';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { createProvider, providerPath } from '../../support/registry/factories';
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
      const anthropic = ['claude-sonnet-4-20250514', 'claude-nobody-knows'];
      const body = url.host.includes('anthropic')
        ? anthropicModelPage(anthropic, { limit: 1000, afterId: null })
        : openaiModelList(['gpt-4o', 'ft:nobody-knows']);
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
        origin: {
          catalogue: expect.stringMatching(/^@pydantic\/genai-prices@\d/),
          provider,
          model: expect.any(String),
        },
        as_of: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      });
    },
  );

  it('are US dollars per 1000 tokens, without binary rounding', async () => {
    expect((await costsAt('anthropic', null))['claude-sonnet-4-20250514']).toMatchObject(SONNET);
  });

  it('are absent for a model that the catalogue does not know', async () => {
    expect((await costsAt('anthropic', null))['claude-nobody-knows']).toBeUndefined();
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
    const importAll = async (body: object) => {
      const path = providerPath(await createProvider(app.api, { provider: 'anthropic' }));
      const response = await app.api.post(`${path}/models/import`, { models: 'all', ...body });
      expect(response.status).toBe(200);
      return Object.fromEntries(response.body.added.map((model: Json) => [model.model, model]));
    };

    it('are set with price "suggested", and unknown where the catalogue has none', async () => {
      const added = await importAll({ price: 'suggested' });
      expect(added['claude-sonnet-4-20250514']).toMatchObject(SONNET);
      expect(added['claude-nobody-knows']).toMatchObject(UNKNOWN);
    });

    it('are not set without it', async () => {
      expect((await importAll({}))['claude-sonnet-4-20250514']).toMatchObject(UNKNOWN);
    });
  });
});

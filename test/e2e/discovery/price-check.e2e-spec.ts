import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createClientWith,
  createModel,
  createOtherAccount,
  createProvider,
  modelPath,
  priceHistoryOf,
  problem,
  providerPath,
  readModel,
} from '../../support/registry/factories';
import {
  checkPrices,
  createPricedProvider,
  HAIKU,
  priceCheckPath,
  SONNET,
} from '../../support/upstreams/price-checks';
import type { VendorReplies } from '../../support/upstreams/vendor-replies';

const OPENROUTER = 'https://openrouter.ai/api/v1';

describe('GET /v1/llm-providers/{id}/price-check', () => {
  let app: TestApp;
  let vendors: VendorReplies;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    ({ vendors, provider } = await createPricedProvider(app));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const path = () => priceCheckPath(provider);
  const check = (of: Json = provider) => checkPrices(app.api, of);
  const importAll = async (): Promise<Json[]> =>
    (await app.api.post(`${providerPath(provider)}/models/import`, { all: true, price: 'suggested' })).body
      .added;

  it('lists a model whose prices differ, with both prices and where the suggestion comes from', async () => {
    const model = await createModel(app.api, provider.id, { model: SONNET, cost_per_1k_input: 0.002 });
    expect(await check()).toEqual([
      {
        model_id: model.id,
        model: SONNET,
        stored: {
          cost_per_1k_input: 0.002,
          cost_per_1k_output: null,
          cost_per_1k_cache_write: null,
          cost_per_1k_cache_read: null,
          pricing: null,
        },
        suggested: {
          cost_per_1k_input: 0.003,
          cost_per_1k_output: 0.015,
          cost_per_1k_cache_write: 0.00375,
          cost_per_1k_cache_read: 0.0003,
          pricing: expect.objectContaining({ source: 'catalogue', rates: { cache_write_1h: '0.006' } }),
        },
        source: 'catalogue',
        as_of: '2026-09-23',
        note: expect.any(String),
      },
    ]);
  });

  it('lists no model with the suggested prices, whatever their note and day', async () => {
    const [sonnet] = await importAll();
    expect(await check()).toEqual([]);
    const pricing = {
      ...sonnet!.pricing,
      source: 'manual',
      as_of: '2026-01-01',
      note: 'checked',
      tiers: [],
    };
    await app.api.patch(modelPath(sonnet), { pricing, multiplier: 2 });
    expect(await check()).toEqual([]);
  });

  it('lists a model whose sheet alone differs', async () => {
    const added = await importAll();
    const sonnet = added.find(({ model }) => model === SONNET)!;
    await app.api.patch(modelPath(sonnet), { pricing: { units: { web_search: '0.01' } } });
    expect((await check()).map(({ model_id }) => model_id)).toEqual([sonnet.id]);
  });

  it('lists no model without a suggestion', async () => {
    await createModel(app.api, provider.id, { model: 'claude-sonnet-4-5-mini', cost_per_1k_input: 1 });
    expect(await check()).toEqual([]);
  });

  it('changes nothing', async () => {
    const model = await createModel(app.api, provider.id, { model: SONNET, cost_per_1k_input: 0.002 });
    const before = [await readModel(app.api, model), await priceHistoryOf(app.api, model)];
    expect(await check()).toHaveLength(1);
    expect(await check()).toHaveLength(1);
    expect([await readModel(app.api, model), await priceHistoryOf(app.api, model)]).toEqual(before);
  });

  it("prefers the upstream's own list to the catalogue, also when it is free", async () => {
    vendors.openrouter = [
      { id: 'openai/gpt-4o', name: 'GPT-4o', pricing: { prompt: '0.000002', completion: '0.000009' } },
      { id: 'a/b:free', name: 'Free', pricing: { prompt: '0', completion: '0' } },
    ];
    const of = await createProvider(app.api, { provider: 'openai', base_url: OPENROUTER });
    const names = ['openai/gpt-4o', 'a/b:free', 'anthropic/claude-sonnet-4'];
    for (const model of names) await createModel(app.api, of.id, { model });
    const found = (await check(of)).map(({ model, source, suggested }) => [
      model,
      source,
      suggested.cost_per_1k_input,
      suggested.pricing.source,
    ]);
    expect(found).toEqual([
      ['openai/gpt-4o', 'upstream', 0.002, 'upstream'],
      ['a/b:free', 'upstream', 0, 'upstream'],
      ['anthropic/claude-sonnet-4', 'catalogue', 0.003, 'catalogue'],
    ]);
  });

  it('suggests nothing for a model that may be in the part of the list that was not read', async () => {
    const pricing = { prompt: '0.000002', completion: '0.000009' };
    vendors.openrouter = [{ id: 'openai/gpt-4o', name: 'GPT-4o', pricing }];
    vendors.openrouterTotal = 500;
    const of = await createProvider(app.api, { provider: 'openai', base_url: OPENROUTER });
    for (const model of ['openai/gpt-4o', 'anthropic/claude-sonnet-4'])
      await createModel(app.api, of.id, { model });
    expect((await check(of)).map(({ model }) => model)).toEqual(['openai/gpt-4o']);
  });

  it('comes in pages, in the order of the models', async () => {
    const names = ['claude-opus-4-8', SONNET, HAIKU];
    for (const [priority, model] of names.entries())
      await createModel(app.api, provider.id, { model, priority });
    const seen: string[] = [];
    for (let next: string | null = `${path()}?limit=2`; next !== null;) {
      const { body, headers } = await app.api.get(next);
      seen.push(...(body.data as Json[]).map(({ model }) => model));
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(seen).toEqual([...names].reverse());
    expect((await check()).map(({ model }) => model)).toEqual(seen);
  });

  it('returns 304 while nothing changed', async () => {
    await createModel(app.api, provider.id, { model: SONNET });
    const { headers } = await app.api.get(path());
    const again = await app.api.get(path(), { headers: { 'If-None-Match': headers.get('etag')! } });
    expect(again.status).toBe(304);
  });

  it('needs only providers:read', async () => {
    expect((await (await createClientWith(app, ['providers:read'])).get(path())).status).toBe(200);
    expect((await (await createClientWith(app, ['tokens:write'])).get(path())).status).toBe(403);
  });

  it("returns 404 for another account's provider", async () => {
    const foreign = await createOtherAccount(app);
    expect((await foreign.get(path())).status).toBe(404);
    expect((await foreign.post(`${path()}/apply`, { model_ids: ['x'] })).status).toBe(404);
  });

  it('fails as the upstream does', async () => {
    vendors.status = 500;
    expect(problem(await app.api.get(path()))).toEqual({
      status: 502,
      code: 'llm_providers.upstream_error',
    });
  });
});

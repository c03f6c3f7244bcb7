import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { countStatements, WITHOUT_POLLS } from '../../support/database/statement-count';
import { createModel, createProvider, modelPath } from '../../support/registry/factories';

const RATES = {
  cost_per_1k_input: 0.003,
  cost_per_1k_output: 0.015,
  cost_per_1k_cache_write: 0.00375,
  cost_per_1k_cache_read: 0.0003,
};

describe('POST /v1/cost with a price sheet', () => {
  let app: TestApp;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp({ env: WITHOUT_POLLS });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api, { provider: 'anthropic' });
  });

  const create = (overrides: Json) => createModel(app.api, provider.id, { ...RATES, ...overrides });
  const cost = async (body: Json): Promise<Json> => {
    const response = await app.api.post('/v1/cost', body);
    expect(response.status).toBe(200);
    return response.body;
  };

  it('prices what only the sheet has a rate for', async () => {
    const { selector } = await create({
      pricing: { rates: { cache_write_1h: '0.006' }, units: { web_search: '0.01' } },
    });
    const usage = {
      input_tokens: 3,
      output_tokens: 550,
      cache_creation_input_tokens: 12304,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 12304 },
      server_tool_use: { web_search_requests: 3 },
    };
    // (3 × 0.003 + 550 × 0.015 + 12304 × 0.006) / 1000 + 3 × 0.01 = 0.082083 + 0.03
    expect(await cost({ selector, usage })).toMatchObject({
      cost: '0.112083',
      assumed: false,
      not_priced: [],
      units: [{ kind: 'web_search', quantity: 3, rate: '0.01', cost: '0.03' }],
    });
  });

  it('applies tiers and adjustments, and follows a change at once', async () => {
    const model = await create({ pricing: { tiers: [{ above_input_tokens: 1000, input: '0.006' }] } });
    const usage = { input_tokens: 2000, output_tokens: 0, service_tier: 'batch' };
    expect(await cost({ model_id: model.id, usage })).toMatchObject({
      cost: '0.012',
      tier: { above_input_tokens: 1000 },
      assumed: true,
    });
    await app.api.patch(modelPath(model), {
      pricing: { adjustments: [{ when: { service_tier: 'batch' }, multiplier: 0.5 }] },
    });
    expect(await cost({ model_id: model.id, usage })).toMatchObject({
      cost: '0.003',
      tier: null,
      assumed: false,
    });
  });

  it('prices by the sheet in force at the time in the context', async () => {
    const { body: account } = await app.api.get('/v1/account');
    const model = await create({ cost_per_1k_input: 1 });
    await app.api.patch(modelPath(model), { cost_per_1k_input: 2, pricing: { units: { web_search: '5' } } });
    const set =
      'UPDATE model_prices SET valid_from = ? WHERE account_id = ? AND model_id = ? AND valid_until IS NULL';
    await app.database.query(set, ['2026-06-01T00:00:00.000Z', account.id, model.id]);
    const first = set.replace('IS NULL', 'IS NOT NULL');
    await app.database.query(first, ['2026-01-01T00:00:00.000Z', account.id, model.id]);
    const usage = { input_tokens: 1000, output_tokens: 0, server_tool_use: { web_search_requests: 1 } };
    const at = async (time: string | null) => {
      const { cost: amount, assumed } = await cost({ model_id: model.id, usage, context: { at: time } });
      return [amount, assumed];
    };
    expect(await at('2026-05-31T23:59:59.999Z')).toEqual(['1', true]);
    expect(await at('2026-06-01T02:00:00+02:00')).toEqual(['7', false]);
    expect(await at('9999-12-31T23:00:00-12:00')).toEqual(['7', false]);
    expect(await at(null)).toEqual(['7', false]);
    const plain = { input_tokens: 1000, output_tokens: 0 };
    expect(
      await cost({ model_id: model.id, usage: plain, context: { at: '2026-03-01T00:00:00Z' } }),
    ).toMatchObject({ cost: '1', assumed: false });
    expect(
      await cost({ model_id: model.id, usage: plain, context: { at: '2020-01-01T00:00:00Z' } }),
    ).toMatchObject({ cost: '1', assumed: true });
  });

  it('uses the present rates at any time for a model whose price never changed', async () => {
    const model = await createModel(app.api, provider.id);
    const usage = { input_tokens: 1, output_tokens: 0 };
    expect(await cost({ model_id: model.id, usage, context: { at: '2020-01-01T00:00:00Z' } })).toMatchObject({
      cost: null,
    });
  });

  it('reads no database without a time', async () => {
    const { selector } = await create({ pricing: { units: { request: '1' } } });
    const usage = { input_tokens: 1, output_tokens: 0 };
    await cost({ selector, usage });
    expect(await countStatements(app, () => cost({ selector, usage }))).toBe(0);
  });
});

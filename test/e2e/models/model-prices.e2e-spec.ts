import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  invalid,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';

const COSTS = [
  'cost_per_1k_input',
  'cost_per_1k_output',
  'cost_per_1k_cache_write',
  'cost_per_1k_cache_read',
];
const AMOUNTS = ['multiplier', ...COSTS];

describe('multipliers and costs', () => {
  let app: TestApp;
  let provider: Json;
  const post = (body: object) => app.api.post(`${providerPath(provider)}/models`, { model: 'm', ...body });

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
  });

  it.each([
    0, 1, 0.003, 0.1, 0.000000000001, 0.123456789012, 1e-7, 1.23e-7, 9.99999999999, 1234.000000000001,
    999999.999999, 123456.789012345, 1_000_000_000,
  ])('returns %d exactly on create, read and list', async (amount) => {
    const amounts = Object.fromEntries(AMOUNTS.map((field) => [field, amount]));
    const created = await createModel(app.api, provider.id, amounts);
    expect(created).toMatchObject(amounts);
    const read = await app.api.get(modelPath(created));
    expect(read.body).toEqual(created);
    expect((await app.api.get('/v1/llm-providers')).body.at(-1).models).toEqual([created]);
  });

  it('distinguishes 0 (free) from null (unknown)', async () => {
    const model = await createModel(app.api, provider.id, { cost_per_1k_input: 0, cost_per_1k_output: null });
    const read = (await app.api.get(modelPath(model))).body;
    expect(read).toMatchObject({ cost_per_1k_input: 0, cost_per_1k_output: null });
    const swapped = await app.api.patch(modelPath(model), { cost_per_1k_input: null, cost_per_1k_output: 0 });
    expect(swapped.body).toMatchObject({ cost_per_1k_input: null, cost_per_1k_output: 0 });
    expect((await app.api.get(modelPath(model))).body).toEqual(swapped.body);
  });

  it('stores each of the four costs separately', async () => {
    const costs = Object.fromEntries(COSTS.map((field, index) => [field, index + 0.5]));
    expect(await createModel(app.api, provider.id, costs)).toMatchObject(costs);
  });

  it('stores -0 as 0', async () => {
    const response = await app.api.post(
      `${providerPath(provider)}/models`,
      '{"model":"m","multiplier":-0,"cost_per_1k_input":-0.0}',
    );
    expect(response.text).toContain('"multiplier":0,"cost_per_1k_input":0,');
    expect((await app.api.get(modelPath(response.body))).text).toBe(response.text);
  });

  it('resets the multiplier to 1 with null, and accepts 0', async () => {
    const model = await createModel(app.api, provider.id, { multiplier: 0 });
    expect(model.multiplier).toBe(0);
    expect((await app.api.patch(modelPath(model), { multiplier: null })).body.multiplier).toBe(1);
    expect((await createModel(app.api, provider.id, { multiplier: null })).multiplier).toBe(1);
  });

  describe.each(AMOUNTS)('%s', (field) => {
    it.each([-1, -1e-12, 1e-13, 0.1234567890123, '1', true, [1], {}, 1_000_000_001, 1e300])(
      'rejects %j',
      async (amount) => expect(problem(await post({ [field]: amount }))).toEqual(invalid(`/${field}`)),
    );

    it('rejects literals that are not JSON numbers', async () => {
      for (const literal of ['NaN', 'Infinity', '1e400', '.5', '0x10']) {
        const response = await app.api.post(
          `${providerPath(provider)}/models`,
          `{"model":"m","${field}":${literal}}`,
        );
        expect(response.status).toBe(400);
      }
    });
  });
});

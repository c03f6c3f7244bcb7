import type { AccountId } from '../../../src/auth/caller';
import { MAX_PAST_BYTES, PriceHistory } from '../../../src/models/price-history';
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
} from '../../support/registry/factories';
import { copyRow } from '../../support/registry/seed-rows';

describe('GET /v1/llm-providers/{provider_id}/models/{model_id}/prices', () => {
  let app: TestApp;
  let provider: Json;
  let model: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
    model = await createModel(app.api, provider.id);
  });

  const patch = (body: Json) => app.api.patch(modelPath(model), body);
  const rowsOf = (id: string) =>
    app.database.query<Json>('SELECT * FROM model_prices WHERE model_id = ? ORDER BY valid_from, id', [id]);
  const accountId = async () => (await app.api.get('/v1/account')).body.id as AccountId;

  it('is empty for a model that never had a price', async () => {
    expect(await priceHistoryOf(app.api, model)).toEqual([]);
    await patch({ priority: 1, tags: ['a'] });
    expect(await priceHistoryOf(app.api, model)).toEqual([]);
  });

  it('lists every change of a rate, the multiplier or the sheet, newest first, with who made it', async () => {
    const writer = await createClientWith(app, ['providers:read', 'providers:write']);
    await patch({ cost_per_1k_input: 0.003 });
    await patch({ multiplier: 1.5, priority: 7 });
    await writer.patch(modelPath(model), { pricing: { source: 'catalogue', units: { request: 1 } } });
    await patch({ cost_per_1k_input: 0.003, tags: ['same price'] });
    await patch({ pricing: null, multiplier: null, cost_per_1k_input: null });
    const prices = await priceHistoryOf(app.api, model);
    expect(
      prices.map(({ cost_per_1k_input, multiplier, pricing, source }) => [
        cost_per_1k_input,
        multiplier,
        pricing,
        source,
      ]),
    ).toEqual([
      [null, 1, null, 'manual'],
      [0.003, 1.5, { source: 'catalogue', units: { request: '1' } }, 'catalogue'],
      [0.003, 1.5, null, 'manual'],
      [0.003, 1, null, 'manual'],
    ]);
    const [, byWriter, byAdmin] = prices;
    expect(byWriter!.actor.token_id).not.toBe(byAdmin!.actor.token_id);
    const times = prices.map(({ valid_from }) => valid_from);
    expect(times).toEqual([...times].sort().reverse());
    const current = (await app.api.get(modelPath(model))).body;
    expect(times[0]).toBe(current.updated_at);
  });

  it('does not change when the same sheet is sent in another order', async () => {
    const rates = { input_audio: '0.032', output_audio: '0.064' };
    const tiers = [
      { above_input_tokens: 1000, input: '0.1' },
      { above_input_tokens: 2000, input: '0.2' },
    ];
    const when = { service_tier: 'batch', speed: 'fast' };
    await patch({ pricing: { rates, tiers, adjustments: [{ when, multiplier: '0.5' }] } });
    await patch({
      pricing: {
        adjustments: [{ multiplier: 0.5, when: { speed: 'fast', service_tier: 'batch' } }],
        tiers: tiers.map(({ input, above_input_tokens }) => ({ input, above_input_tokens })).reverse(),
        rates: { output_audio: 0.064, input_audio: '0.0320' },
      },
    });
    expect(await priceHistoryOf(app.api, model)).toHaveLength(1);
    await patch({ pricing: { rates, tiers, adjustments: [{ when, multiplier: '0.6' }] } });
    expect(await priceHistoryOf(app.api, model)).toHaveLength(2);
  });

  it('starts with the creation of a model that has a price, also in a row of 0', async () => {
    const priced = await createModel(app.api, provider.id, { cost_per_1k_output: 0 });
    expect(await priceHistoryOf(app.api, priced)).toMatchObject([
      { cost_per_1k_output: 0, valid_from: priced.created_at, source: 'manual' },
    ]);
  });

  it('comes in pages', async () => {
    for (let rate = 1; rate <= 5; rate++) await patch({ cost_per_1k_input: rate });
    const seen: number[] = [];
    for (let path: string | null = `${modelPath(model)}/prices?limit=2`; path !== null;) {
      const { body, headers } = await app.api.get(path);
      seen.push(...(body as Json[]).map(({ cost_per_1k_input }) => cost_per_1k_input));
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it('keeps no price of a change that failed', async () => {
    const other = await createModel(app.api, provider.id);
    const response = await patch({ cost_per_1k_input: 9, model: other.model });
    expect(response.status).toBe(409);
    expect(await priceHistoryOf(app.api, model)).toEqual([]);
  });

  it('returns 404 for a deleted model, whose rows stay until the account is deleted', async () => {
    await patch({ cost_per_1k_input: 1 });
    await app.api.delete(modelPath(model));
    expect(problem(await app.api.get(`${modelPath(model)}/prices`))).toEqual({
      status: 404,
      code: 'llm_provider_models.not_found',
    });
    expect(await rowsOf(model.id)).toMatchObject([{ valid_until: expect.any(String) }]);
  });

  it('keeps the rows of a deleted provider, and ends them', async () => {
    const other = await createModel(app.api, provider.id, { multiplier: 2 });
    await patch({ cost_per_1k_input: 1 });
    await app.api.delete(providerPath(provider));
    for (const { id } of [model, other]) {
      expect(await rowsOf(id)).toMatchObject([{ valid_until: expect.any(String) }]);
    }
  });

  it("returns 404 for another account's model and another provider's", async () => {
    const foreign = await createOtherAccount(app);
    expect((await foreign.get(`${modelPath(model)}/prices`)).status).toBe(404);
    const elsewhere = await createProvider(app.api);
    const path = `${modelPath({ id: model.id, provider_id: elsewhere.id })}/prices`;
    expect(problem(await app.api.get(path))).toEqual({ status: 404, code: 'llm_provider_models.not_found' });
  });

  it('is where the price at a time is found, or the first one before it', async () => {
    const history = app.app.get(PriceHistory);
    const account = await accountId();
    const at = async (time: string) => {
      const found = await history.findAt(account, model.id, Date.parse(time));
      return found && [found.price.costPer1kInput, found.isAssumed];
    };
    expect(await at('2026-01-01T00:00:00.000Z')).toBeNull();
    const first = (await patch({ cost_per_1k_input: 1 })).body.updated_at;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = (await patch({ cost_per_1k_input: 2 })).body.updated_at;
    expect(await at('2020-01-01T00:00:00.000Z')).toEqual([1, true]);
    expect(await at(first)).toEqual([1, false]);
    expect(await at(new Date(Date.parse(second) - 1).toISOString())).toEqual([1, false]);
    expect(await at(second)).toEqual([2, false]);
    expect(await at('9999-01-01T00:00:00.000Z')).toEqual([2, false]);
  });

  it('counts past prices, and deletes the oldest ones beyond their limit', async () => {
    const account = await accountId();
    await patch({ cost_per_1k_input: 1 });
    await patch({ cost_per_1k_input: 2 });
    const [past] = await rowsOf(model.id);
    const size = MAX_PAST_BYTES / 64;
    const ids = await copyRow(app.database, 'model_prices', past!.id, 64, (index) => ({
      stored_bytes: size,
      valid_from: `2020-01-01T00:00:00.0${index + 10}Z`,
      valid_until: `2020-01-01T00:00:00.0${index + 10}Z`,
    }));
    const sum = async () => {
      const [row] = await app.database.query<Json>(
        'SELECT SUM(stored_bytes) AS bytes FROM model_prices WHERE account_id = ? AND valid_until IS NOT NULL',
        [account],
      );
      return Number(row!.bytes);
    };
    await app.database.query('UPDATE accounts SET past_price_bytes = ? WHERE id = ?', [await sum(), account]);
    await patch({ cost_per_1k_input: 3 });
    const left = (await rowsOf(model.id)).map(({ id }) => id);
    expect(left).not.toContain(ids[0]);
    expect(left).toContain(ids[63]);
    expect((await priceHistoryOf(app.api, model))[0]).toMatchObject({ cost_per_1k_input: 3 });
    const [row] = await app.database.query<Json>('SELECT past_price_bytes FROM accounts WHERE id = ?', [
      account,
    ]);
    expect(Number(row!.past_price_bytes)).toBe(await sum());
    expect(await sum()).toBeLessThanOrEqual(MAX_PAST_BYTES);
    expect(await sum()).toBeGreaterThan(0.8 * MAX_PAST_BYTES);
  });
});

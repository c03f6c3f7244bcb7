import type { AccountId, Caller } from '../auth/caller';
import type { JsonObject } from '../common/json-object';
import type { PriceHistory } from '../models/price-history';
import { AccountTimeLimit } from '../routing/account-time-limit';
import { PatternCache } from '../rules/pattern-cache';
import { CostService } from './cost.service';
import type { ModelRates, PricedModel } from './model-rates';

const caller = { accountId: 'account' as AccountId } as Caller;
const MODEL: PricedModel = {
  revision: 42,
  modelId: 'model',
  selector: 'gateway^large',
  kind: 'anthropic',
  rates: { input: 0.001, output: 0.002, cacheWrite: null, cacheRead: null, multiplier: 1, sheet: null },
  patterns: new PatternCache(),
};

/** Returns one model and records the calls. */
class FakeModelRates implements Pick<ModelRates, 'getBySelector' | 'findByModelId'> {
  readonly calls: unknown[] = [];

  getBySelector(accountId: AccountId, selector: string, context: JsonObject, minRevision: number) {
    this.calls.push([accountId, selector, context, minRevision]);
    return Promise.resolve(MODEL);
  }

  findByModelId(accountId: AccountId, modelId: string, minRevision: number) {
    this.calls.push([accountId, modelId, minRevision]);
    return Promise.resolve(modelId === 'known' ? MODEL : null);
  }
}

/** No request of this spec has a time, so the history is not read. */
function serviceWith(rates: FakeModelRates): CostService {
  return new CostService(rates as unknown as ModelRates, {} as PriceHistory, new AccountTimeLimit());
}

describe('CostService', () => {
  const usage = { input: 1000 };

  it('calculates with the model that the selector or the id names', async () => {
    const rates = new FakeModelRates();
    const service = serviceWith(rates);
    const expected = { selector: 'gateway^large', cost: '0.001', currency: 'USD' };
    const selected = await service.calculate(caller, { selector: '', context: { tier: 'pro' }, usage }, 7);
    expect(selected).toMatchObject({ body: expected, headers: { 'x-registry-revision': '42' } });
    expect(await service.calculate(caller, { model_id: 'known', usage }, 0)).toMatchObject({
      body: expected,
    });
    expect(rates.calls).toEqual([
      ['account', '', { tier: 'pro' }, 7],
      ['account', 'known', 0],
    ]);
  });

  it('reads the usage by the provider kind of the model', async () => {
    const both = {
      input_tokens: 1000,
      input_tokens_details: { cached_tokens: 500 },
      cache_read_input_tokens: 500,
    };
    const { body } = await serviceWith(new FakeModelRates()).calculate(
      caller,
      { selector: 'm', usage: both },
      0,
    );
    expect(body).toMatchObject({ usage: { input: 1000, output: 0, cache_write: 0, cache_read: 500 } });
  });

  it('requires exactly one of selector and model_id', async () => {
    const service = serviceWith(new FakeModelRates());
    for (const names of [{}, { selector: 'm', model_id: 'known' }]) {
      await expect(service.calculate(caller, { ...names, usage }, 0)).rejects.toMatchObject({
        kind: 'invalid',
        errors: [{ pointer: '/selector' }, { pointer: '/model_id' }],
      });
    }
  });

  it('returns 404 for an unknown model id', async () => {
    const service = serviceWith(new FakeModelRates());
    await expect(service.calculate(caller, { model_id: 'other', usage }, 0)).rejects.toMatchObject({
      kind: 'not_found',
      code: 'llm_provider_models.not_found',
    });
  });
});

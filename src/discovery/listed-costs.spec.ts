import type { JsonObject } from '../common/json-object';
import { calculateCost } from '../pricing/cost-calculator';
import { normaliseUsage } from '../pricing/token-usage/usage-normaliser';
import { readListedPrices } from '../upstream/model-list/listed-prices';
import { toListedCosts } from './listed-costs';

const PRICES = { rates: { input: 0.002, output: 0.009 }, units: {}, tiers: [], hasOtherPrices: false };

describe('toListedCosts', () => {
  it('returns the rates of the model, and a sheet with the finer ones and where they come from', () => {
    const rates = { ...PRICES.rates, cache_read: 0.0002, input_audio: 0.04, output_reasoning: 0.0000000001 };
    const as_of = expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as string;
    expect(toListedCosts({ ...PRICES, rates, units: { request: 0.005 }, hasOtherPrices: true })).toEqual({
      cost_per_1k_input: 0.002,
      cost_per_1k_output: 0.009,
      cost_per_1k_cache_write: null,
      cost_per_1k_cache_read: 0.0002,
      source: 'upstream',
      origin: null,
      as_of,
      note: expect.stringContaining('more prices') as string,
      pricing: {
        source: 'upstream',
        as_of,
        note: expect.stringContaining('more prices') as string,
        rates: { input_audio: '0.04', output_reasoning: '0.0000000001' },
        units: { request: '0.005' },
      },
    });
  });

  it.each([
    { ...PRICES, rates: { input: 1e12 } },
    { ...PRICES, units: { request: 2e9 } },
    { ...PRICES, tiers: [{ aboveInputTokens: 1000, rates: { output: 1e12 } }] },
    {
      ...PRICES,
      tiers: Array.from({ length: 17 }, (_, at) => ({ aboveInputTokens: at + 1, rates: { input: 1 } })),
    },
  ])('returns null for a price that cannot be stored (%j)', (prices) => {
    expect(toListedCosts(prices)).toBeNull();
  });

  const calculate = (pricing: object, usage: JsonObject) => {
    const listed = readListedPrices({ pricing }, new URL('https://openrouter.ai/api/v1/models'))!;
    const costs = toListedCosts(listed)!;
    const rates = {
      input: costs.cost_per_1k_input,
      output: costs.cost_per_1k_output,
      cacheWrite: costs.cost_per_1k_cache_write,
      cacheRead: costs.cost_per_1k_cache_read,
      multiplier: 1,
      sheet: costs.pricing,
    };
    const { cost, assumed, tier } = calculateCost(normaliseUsage(usage, { kind: 'openai' }), rates, {
      at: 0,
    });
    return { cost, assumed, above: tier?.above_input_tokens };
  };
  const PAID = { prompt: '0.000003', completion: '0.000015' };

  it('makes the cost of a kind with a placeholder assumed, not free', () => {
    const zeros = { internal_reasoning: '0', input_cache_read: '0', input_cache_write: '0' };
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 6000,
      prompt_tokens_details: { cached_tokens: 900 },
      completion_tokens_details: { reasoning_tokens: 5000 },
    };
    // 1000 * 0.000003 + 6000 * 0.000015. Reasoning is output.
    expect(calculate({ ...PAID, ...zeros }, usage)).toEqual({ cost: '0.093', assumed: true });
  });

  it.each([
    // 199 999 * 0.000003 + 1000 * 0.000015.
    [199_999, '0.614997', undefined],
    // 200 000 * 0.000006 + 1000 * 0.0000225: the whole request has the prices of the tier.
    [200_000, '1.2225', 199_999],
  ])('has the tiers of the list: %i tokens cost %s', (prompt_tokens, cost, above) => {
    const overrides = [{ min_prompt_tokens: 200_000, prompt: '0.000006', completion: '0.0000225' }];
    const usage = { prompt_tokens, completion_tokens: 1000 };
    expect(calculate({ ...PAID, overrides }, usage)).toEqual({ cost, assumed: false, above });
  });
});

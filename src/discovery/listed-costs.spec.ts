import { toListedCosts } from './listed-costs';

const PRICES = { rates: { input: 0.002, output: 0.009 }, units: {}, hasTiers: false };

describe('toListedCosts', () => {
  it('returns the rates of the model, and a sheet with the finer ones and where they come from', () => {
    const rates = { ...PRICES.rates, cache_read: 0.0002, input_audio: 0.04, output_reasoning: 0.0000000001 };
    const as_of = expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as string;
    expect(toListedCosts({ rates, units: { request: 0.005 }, hasTiers: true })).toEqual({
      cost_per_1k_input: 0.002,
      cost_per_1k_output: 0.009,
      cost_per_1k_cache_write: null,
      cost_per_1k_cache_read: 0.0002,
      source: 'upstream',
      origin: null,
      as_of,
      note: expect.stringContaining('Base tier only') as string,
      pricing: {
        source: 'upstream',
        as_of,
        note: expect.stringContaining('Base tier only') as string,
        rates: { input_audio: '0.04', output_reasoning: '0.0000000001' },
        units: { request: '0.005' },
      },
    });
  });

  it.each([
    { ...PRICES, rates: { input: 1e12 } },
    { ...PRICES, units: { request: 2e9 } },
  ])('returns null for a price that cannot be stored (%j)', (prices) => {
    expect(toListedCosts(prices)).toBeNull();
  });
});

import { PatternCache } from '../rules/pattern-cache';
import { priceUsage, type PriceUsageOptions } from './price-usage';
import type { Rates } from './rate-table';

const RATES: Rates = {
  input: 0.003,
  output: 0.015,
  cacheWrite: 0.00375,
  cacheRead: 0.0003,
  multiplier: 1.5,
  sheet: null,
};

const options = (rates: Partial<Rates> = {}, more: Partial<PriceUsageOptions> = {}): PriceUsageOptions => ({
  kind: 'openai',
  at: 0,
  rates: { ...RATES, ...rates },
  patterns: new PatternCache(),
  beforeCondition: () => undefined,
  ...more,
});

const NO_COUNTS = {
  inputTokens: null,
  outputTokens: null,
  cacheWriteTokens: null,
  cacheReadTokens: null,
  reasoningTokens: null,
};

describe('priceUsage', () => {
  it('returns counts that do not overlap, and the exact cost', () => {
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 200,
      total_tokens: 1200,
      prompt_tokens_details: { cached_tokens: 400, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 50 },
    };
    expect(priceUsage(usage, options())).toEqual({
      counts: {
        inputTokens: 600,
        outputTokens: 200,
        cacheWriteTokens: 0,
        cacheReadTokens: 400,
        reasoningTokens: 50,
      },
      finerKinds: null,
      // 1.5 × (600 × 0.000003 + 200 × 0.000015 + 400 × 0.0000003)
      cost: '0.00738',
      costState: 'exact',
    });
  });

  it('reads the finer kinds of tokens', () => {
    const usage = { input_tokens: 10, output_tokens: 5, cache_creation: { ephemeral_1h_input_tokens: 7 } };
    const sheet = { rates: { cache_write_1h: '0.006' } };
    expect(priceUsage(usage, options({ sheet }, { kind: 'anthropic' }))).toMatchObject({
      counts: { inputTokens: 10, outputTokens: 5, cacheWriteTokens: 7 },
      finerKinds: { cache_write_1h: 7 },
      costState: 'exact',
    });
  });

  it.each([
    ['exact', { prompt_tokens: 1, completion_tokens: 1 }, {}],
    ['free', { prompt_tokens: 1, completion_tokens: 1 }, { input: 0, output: 0 }],
    ['free', { prompt_tokens: 0, completion_tokens: 0 }, {}],
    [
      'assumed',
      { prompt_tokens: 2, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 1 } },
      { cacheRead: null },
    ],
    ['unknown', { prompt_tokens: 1, completion_tokens: 1 }, { output: null }],
    [
      'unknown',
      { prompt_tokens: 2, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 1 } },
      { cacheRead: null, input: null },
    ],
  ])('has the state %s for %j with %j', (costState, usage, rates) => {
    expect(priceUsage(usage, options(rates))).toMatchObject({ costState });
  });

  it.each([
    null,
    undefined,
    'text',
    [],
    {},
    { prompt_tokens: -1 },
    { prompt_tokens: 'x', completion_tokens: 1 },
  ])('has no counts and an unknown cost for %j', (usage) => {
    expect(priceUsage(usage, options())).toEqual({
      counts: NO_COUNTS,
      finerKinds: null,
      cost: null,
      costState: 'unknown',
    });
  });

  it('keeps the counts if the rules of a sheet take too long', () => {
    const sheet = { adjustments: [{ when: { service_tier: { $regex: 'x' } }, multiplier: 2 }] };
    const beforeCondition = (): void => {
      throw new Error('too slow');
    };
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    expect(priceUsage(usage, options({ sheet }, { beforeCondition }))).toMatchObject({
      counts: { inputTokens: 1, outputTokens: 1 },
      cost: null,
      costState: 'unknown',
    });
  });

  it('rounds to 12 places', () => {
    const rates = { input: 0.000000000007, multiplier: 1, output: 0 };
    expect(priceUsage({ prompt_tokens: 100, completion_tokens: 0 }, options(rates)).cost).toBe(
      '0.000000000001',
    );
  });
});

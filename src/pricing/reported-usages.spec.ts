import { type CostCase, costOf, NO_CACHE, SONNET } from './fixtures/cost-of';

/** Usages that other gateways are known to count wrongly. The comment above each cost has its calculation. */
const CASES: readonly CostCase[] = [
  {
    what: 'a Portkey usage, whose prompt excludes cached tokens',
    usage: {
      prompt_tokens: 100,
      completion_tokens: 100,
      total_tokens: 250,
      prompt_tokens_details: { cached_tokens: 50 },
      cache_read_input_tokens: 50,
      cache_creation_input_tokens: 0,
    },
    prices: SONNET,
    tokens: { input: 100, output: 100, cache_write: 0, cache_read: 50 },
    // 250 = 100 + 100 + 50, so: 100 × 3 + 50 × 0.3 + 100 × 15 = 300 + 15 + 1500 millionths
    cost: '0.001815',
  },
  {
    what: 'a Portkey usage with more cached tokens than prompt',
    usage: {
      prompt_tokens: 3,
      completion_tokens: 550,
      total_tokens: 12857,
      prompt_tokens_details: { cached_tokens: 12304 },
      cache_read_input_tokens: 12304,
      cache_creation_input_tokens: 0,
    },
    prices: SONNET,
    tokens: { input: 3, output: 550, cache_write: 0, cache_read: 12304 },
    // 3 × 3 + 12304 × 0.3 + 550 × 15 = 9 + 3691.2 + 8250 millionths
    cost: '0.0119502',
  },
  {
    what: "a usage of Gemini's compatible endpoint, which shows thinking only in the total",
    usage: { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 },
    prices: { input: '0.3', output: '2.5' },
    tokens: { input: 20, output: 603, ...NO_CACHE },
    assumed: true,
    // 623 - 20 = 603: 20 × 0.3 + 603 × 2.5 = 6 + 1507.5 millionths
    cost: '0.0015135',
  },
  {
    what: 'a usage of the same endpoint in another order',
    usage: { completion_tokens: 3, prompt_tokens: 9, total_tokens: 105 },
    prices: { input: '0.5', output: '3' },
    tokens: { input: 9, output: 96, ...NO_CACHE },
    assumed: true,
    // 105 - 9 = 96: 9 × 0.5 + 96 × 3 = 4.5 + 288 millionths
    cost: '0.0002925',
  },
  {
    what: 'a usage of the same endpoint whose whole response is thinking',
    usage: { prompt_tokens: 9, total_tokens: 105 },
    prices: { input: '0.5', output: '3' },
    tokens: { input: 9, output: 96, ...NO_CACHE },
    assumed: true,
    cost: '0.0002925',
  },
  {
    what: 'a cache write of Qwen inside the details',
    usage: {
      prompt_tokens: 1900,
      completion_tokens: 10,
      total_tokens: 1910,
      prompt_tokens_details: {
        cache_creation_input_tokens: 1889,
        cache_type: 'ephemeral',
        cached_tokens: 0,
      },
    },
    prices: { input: '1.2', output: '6', cacheWrite: '1.5', cacheRead: '0.12' },
    tokens: { input: 11, output: 10, cache_write: 1889, cache_read: 0 },
    // 11 × 1.2 + 1889 × 1.5 + 10 × 6 = 13.2 + 2833.5 + 60 millionths
    cost: '0.0029067',
  },
  {
    what: 'a cache write of new-api',
    usage: {
      prompt_tokens: 12307,
      completion_tokens: 550,
      total_tokens: 12857,
      prompt_tokens_details: { cached_tokens: 0, cached_creation_tokens: 12304 },
    },
    prices: SONNET,
    tokens: { input: 3, output: 550, cache_write: 12304, cache_read: 0 },
    // 3 × 3 + 12304 × 3.75 + 550 × 15 = 9 + 46140 + 8250 millionths
    cost: '0.054399',
  },
  {
    what: 'cache reads and writes of Bifrost and Envoy AI Gateway',
    usage: {
      prompt_tokens: 2000,
      completion_tokens: 500,
      total_tokens: 2500,
      prompt_tokens_details: { cached_tokens: 1500, cached_read_tokens: 1500, cached_write_tokens: 200 },
    },
    prices: SONNET,
    tokens: { input: 300, output: 500, cache_write: 200, cache_read: 1500 },
    // 300 × 3 + 1500 × 0.3 + 200 × 3.75 + 500 × 15 = 900 + 450 + 750 + 7500 millionths
    cost: '0.0096',
  },
  {
    what: 'a rerank, which has only a total',
    usage: { total_tokens: 26 },
    prices: { input: '0.05' },
    tokens: { input: 26, output: 0, ...NO_CACHE },
    // 26 × 0.05 = 1.3 millionths
    cost: '0.0000013',
  },
  {
    what: 'an xAI usage that leaves reasoning out of the completion',
    usage: {
      prompt_tokens: 10_120,
      completion_tokens: 1308,
      total_tokens: 14_428,
      prompt_tokens_details: { cached_tokens: 128 },
      completion_tokens_details: { reasoning_tokens: 3000 },
    },
    prices: { input: '1.25', output: '2.5', cacheRead: '0.2' },
    tokens: { input: 9992, output: 4308, cache_write: 0, cache_read: 128 },
    // 14428 = 10120 + 1308 + 3000: 9992 × 1.25 + 128 × 0.2 + 4308 × 2.5 = 12490 + 25.6 + 10770 millionths
    cost: '0.0232856',
  },
  {
    what: 'a LiteLLM usage that counts writes neither in the prompt nor in the total',
    usage: {
      prompt_tokens: 31,
      completion_tokens: 467,
      total_tokens: 498,
      cache_creation_input_tokens: 1253,
    },
    prices: SONNET,
    tokens: { input: 31, output: 467, cache_write: 1253, cache_read: 0 },
    // 31 × 3 + 467 × 15 + 1253 × 3.75 = 93 + 7005 + 4698.75 millionths
    cost: '0.01179675',
  },
];

describe('calculateCost for usages that are often counted wrongly', () => {
  it.each(CASES)('prices $what', ({ tokens, cost, assumed = false, ...input }) => {
    expect(costOf(input)).toMatchObject({ cost, assumed, not_priced: [] });
    expect(costOf(input).usage).toEqual(tokens);
  });

  it('rejects the output of a message without its input, unless the usage may be partial', () => {
    const usage = { output_tokens: 393 };
    expect(() => costOf({ usage, prices: SONNET })).toThrow(/not a whole usage/);
    // 393 × 15 = 5895 millionths
    expect(costOf({ usage, prices: SONNET, partial: true })).toMatchObject({
      cost: '0.005895',
      assumed: true,
    });
  });

  it('assumes the cost of a usage that the caller calls partial, because its counts may grow', () => {
    // The first event of a stream of Anthropic. 25 × 3 + 1 × 15 = 90 millionths
    const usage = { input_tokens: 25, output_tokens: 1 };
    const cost = { cost: '0.00009', not_priced: [] };
    expect(costOf({ usage, prices: SONNET, partial: true })).toMatchObject({ ...cost, assumed: true });
    expect(costOf({ usage, prices: SONNET })).toMatchObject({ ...cost, assumed: false });
  });
});

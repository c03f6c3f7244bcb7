import { type CostCase, costOf, NO_CACHE, SONNET } from './fixtures/cost-of';

/** Usages whose prices the four main rates cannot express. The comment above each cost has its calculation. */
const CASES: readonly CostCase[] = [
  {
    what: 'writes to the one-hour cache of Anthropic',
    kind: 'anthropic',
    usage: {
      input_tokens: 3,
      output_tokens: 550,
      cache_creation_input_tokens: 12304,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 12304 },
    },
    prices: { ...SONNET, sheet: { rates: { cache_write_1h: '0.006' } } },
    tokens: { input: 3, output: 550, ...NO_CACHE, cache_write_1h: 12304 },
    // 3 × 3 + 12304 × 6 + 550 × 15 = 9 + 73824 + 8250 millionths
    cost: '0.082083',
  },
  {
    what: 'the same writes without a rate for one hour',
    kind: 'anthropic',
    usage: {
      input_tokens: 3,
      output_tokens: 550,
      cache_creation_input_tokens: 12304,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 12304 },
    },
    prices: SONNET,
    tokens: { input: 3, output: 550, ...NO_CACHE, cache_write_1h: 12304 },
    assumed: true,
    // 3 × 3 + 12304 × 3.75 + 550 × 15 = 9 + 46140 + 8250 millionths
    cost: '0.054399',
  },
  {
    what: 'output audio of gpt-audio',
    usage: {
      prompt_tokens: 17,
      completion_tokens: 592,
      total_tokens: 609,
      prompt_tokens_details: { text_tokens: 17, audio_tokens: 0 },
      completion_tokens_details: { text_tokens: 110, audio_tokens: 482 },
    },
    prices: { input: '2.5', output: '10', sheet: { rates: { output_audio: '0.064' } } },
    tokens: { input: 17, output: 110, ...NO_CACHE, output_audio: 482 },
    // 17 × 2.5 + 110 × 10 + 482 × 64 = 42.5 + 1100 + 30848 millionths
    cost: '0.0319905',
  },
  {
    what: 'output images of Gemini',
    usage: {
      completion_tokens: 1345,
      prompt_tokens: 10,
      total_tokens: 1355,
      completion_tokens_details: { reasoning_tokens: 225, text_tokens: 0, image_tokens: 1120 },
    },
    prices: { input: '2', output: '12', sheet: { rates: { output_image: '0.12' } } },
    tokens: { input: 10, output: 225, ...NO_CACHE, output_image: 1120 },
    // 10 × 2 + 225 × 12 + 1120 × 120 = 20 + 2700 + 134400 millionths
    cost: '0.13712',
  },
  {
    what: 'web searches of Anthropic',
    kind: 'anthropic',
    usage: {
      input_tokens: 105,
      output_tokens: 6039,
      cache_read_input_tokens: 7123,
      cache_creation_input_tokens: 7345,
      server_tool_use: { web_search_requests: 3 },
    },
    prices: { ...SONNET, sheet: { units: { web_search: '0.01' } } },
    tokens: { input: 105, output: 6039, cache_write: 7345, cache_read: 7123 },
    // 105 × 3 + 6039 × 15 + 7123 × 0.3 + 7345 × 3.75 = 315 + 90585 + 2136.9 + 27543.75 millionths, and 3 × 0.01
    cost: '0.15058065',
  },
  {
    what: 'a batch of Anthropic',
    kind: 'anthropic',
    usage: { input_tokens: 1000, output_tokens: 1000, service_tier: 'batch' },
    prices: {
      ...SONNET,
      sheet: { adjustments: [{ when: { service_tier: { $in: ['batch', 'flex'] } }, multiplier: '0.5' }] },
    },
    tokens: { input: 1000, output: 1000, ...NO_CACHE },
    // (3000 + 15000 millionths) × 0.5
    cost: '0.009',
  },
  {
    what: 'inference in the United States',
    kind: 'anthropic',
    usage: { input_tokens: 1000, output_tokens: 1000, inference_geo: 'us', speed: 'standard' },
    prices: {
      input: '5',
      output: '25',
      sheet: {
        adjustments: [
          { when: { inference_geo: 'us' }, multiplier: '1.1' },
          { when: { speed: 'fast' }, multiplier: '2' },
        ],
      },
    },
    tokens: { input: 1000, output: 1000, ...NO_CACHE },
    // (5000 + 25000 millionths) × 1.1
    cost: '0.033',
  },
  {
    what: 'a prompt above the long-context tier of Gemini',
    usage: { prompt_tokens: 250_000, completion_tokens: 1000, total_tokens: 251_000 },
    prices: {
      input: '1.25',
      output: '10',
      cacheRead: '0.125',
      sheet: {
        tiers: [{ above_input_tokens: 200_000, input: '0.0025', output: '0.015', cache_read: '0.00025' }],
      },
    },
    tokens: { input: 250_000, output: 1000, ...NO_CACHE },
    // 250000 × 2.5 + 1000 × 15 = 625000 + 15000 millionths
    cost: '0.64',
  },
  {
    what: 'a deep research of Perplexity',
    usage: {
      prompt_tokens: 108,
      completion_tokens: 3256,
      total_tokens: 3364,
      citation_tokens: 7299,
      num_search_queries: 74,
      reasoning_tokens: 73248,
    },
    prices: {
      input: '2',
      output: '8',
      sheet: {
        rates: { citation: '0.002', output_reasoning: '0.003' },
        units: { web_search: '0.005' },
      },
    },
    tokens: { input: 108, output: 3256, ...NO_CACHE, output_reasoning: 73248, citation: 7299 },
    // 108 × 2 + 3256 × 8 + 7299 × 2 + 73248 × 3 = 216 + 26048 + 14598 + 219744 millionths, and 74 × 0.005
    cost: '0.630606',
  },
  {
    what: 'writes that are only partly split by lifetime',
    kind: 'anthropic',
    usage: {
      input_tokens: 0,
      output_tokens: 0,
      cache_creation_input_tokens: 1000,
      cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 380 },
    },
    prices: { ...SONNET, sheet: { rates: { cache_write_1h: '0.006' } } },
    tokens: { input: 0, output: 0, cache_write: 620, cache_read: 0, cache_write_1h: 380 },
    // 620 × 3.75 + 380 × 6 = 2325 + 2280 millionths
    cost: '0.004605',
  },
];

describe('calculateCost for usages that need a price sheet', () => {
  it.each(CASES)('prices $what', ({ tokens, cost, assumed = false, ...input }) => {
    expect(costOf(input)).toMatchObject({ cost, assumed, not_priced: [] });
    expect(costOf(input).usage).toEqual(tokens);
  });

  it('compares its cost with the bill of xAI', () => {
    const usage = {
      input_tokens: 11_365,
      output_tokens: 498,
      total_tokens: 11_863,
      cost_in_usd_ticks: 233_008_500,
      server_side_tool_usage_details: { web_search_calls: 2 },
    };
    const prices = { input: '1', output: '4', sheet: { units: { web_search: '0.005' } } };
    // 11365 × 1 + 498 × 4 = 11365 + 1992 millionths, and 2 × 0.005. The bill is 233008500 / 10^10.
    expect(costOf({ usage, prices })).toMatchObject({
      cost: '0.023357',
      reported: { cost: '0.02330085', currency: 'USD', source: 'cost_in_usd_ticks' },
      difference: '0.00005615',
    });
  });
});

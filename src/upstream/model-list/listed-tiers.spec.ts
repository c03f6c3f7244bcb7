import { readListedPrices } from './listed-prices';

const read = (host: string, entry: object) =>
  readListedPrices(entry as never, new URL(`https://${host}/v1/models`));

const PROMPT = { prompt: '0.000003', completion: '0.000015', input_cache_read: '0.0000003' };
const LITELLM = { input_cost_per_token: 0.000003, output_cost_per_token: 0.000015 };
const XAI = { prompt_text_token_price: 20000, completion_text_token_price: 60000 };

type Tier = readonly [above: number, rates: object];

/** Each expectation is in US dollars per 1000 tokens. A tier that begins at a count applies above the count before it. */
describe('the tiers of readListedPrices', () => {
  it.each<[string, string, object, readonly Tier[]]>([
    [
      'OpenRouter',
      'openrouter.ai',
      {
        pricing: {
          ...PROMPT,
          input_cache_write_1h: '0.000006',
          web_search: '0.01',
          overrides: [
            {
              min_prompt_tokens: 200000,
              prompt: '0.000006',
              completion: '0.0000225',
              input_cache_write_1h: '0.000012',
              audio: '0',
              image: '0',
              web_search: '0.01',
            },
          ],
        },
      },
      // 0.000006 * 1000, 0.0000225 * 1000, 0.000012 * 1000.
      [[199999, { input: 0.006, output: 0.0225, cache_write_1h: 0.012 }]],
    ],
    [
      'OpenRouter, several that are not in order',
      'openrouter.ai',
      {
        pricing: {
          ...PROMPT,
          overrides: [
            { min_prompt_tokens: 256001, completion: '0.00003' },
            { min_prompt_tokens: 128001, prompt: '0.000004' },
          ],
        },
      },
      [
        [128000, { input: 0.004 }],
        [256000, { input: 0.004, output: 0.03 }],
      ],
    ],
    [
      'Vercel',
      'ai-gateway.vercel.sh',
      {
        pricing: {
          input: '0.000003',
          output: '0.000015',
          input_tiers: [
            { cost: '0.000003', min: 0, max: 200001 },
            { cost: '0.000006', min: 200001 },
          ],
          output_tiers: [
            { cost: '0.000015', max: 200001 },
            { cost: '0.0000225', min: 200001 },
          ],
          input_cache_read_tiers: [
            { cost: '0.0000003', max: 200001 },
            { cost: '0.0000006', min: 200001 },
          ],
          service_tiers: { flex: { input: '0.0000015' } },
        },
      },
      [[200000, { input: 0.006, output: 0.0225, cache_read: 0.0006 }]],
    ],
    [
      'LiteLLM',
      '127.0.0.1',
      {
        model_info: {
          ...LITELLM,
          cache_creation_input_token_cost_above_1hr: 0.000006,
          input_cost_per_token_above_200k_tokens: 0.000006,
          output_cost_per_token_above_200k_tokens: 0.0000225,
          cache_creation_input_token_cost_above_1hr_above_200k_tokens: 0.000012,
          input_cost_per_token_above_128k_tokens: 0.000004,
          output_cost_per_token_above_128k_tokens: null,
        },
      },
      [
        [128000, { input: 0.004 }],
        [200000, { input: 0.006, output: 0.0225, cache_write_1h: 0.012 }],
      ],
    ],
    [
      'LiteLLM with ranges',
      '127.0.0.1',
      {
        tiered_pricing: [
          { range: [0, 32000], input_cost_per_token: 0.000001, output_cost_per_token: 0.000005 },
          { range: [32000, 128000], input_cost_per_token: 0.0000018, output_cost_per_token: 0.000009 },
        ],
      },
      [[32000, { input: 0.0018, output: 0.009 }]],
    ],
    [
      // "Token count at or above which the long context prices apply" (docs.x.ai). 40000 / 10 000 = 4 a million.
      'xAI',
      'api.x.ai',
      {
        ...XAI,
        prompt_text_token_price_long_context: 40000,
        completion_text_token_price_long_context: 120000,
        cached_prompt_text_token_price_long_context: 0,
        long_context_threshold: 200000,
      },
      [[199999, { input: 0.004, output: 0.012 }]],
    ],
    [
      'Venice',
      'api.venice.ai',
      {
        model_spec: {
          pricing: {
            input: { usd: 2 },
            output: { usd: 8 },
            extended: { context_token_threshold: 272000, input: { usd: 4 }, output: { usd: 12 } },
          },
        },
      },
      [[272000, { input: 0.004, output: 0.012 }]],
    ],
    [
      'no tiers',
      'api.x.ai',
      { ...XAI, prompt_text_token_price_long_context: 0, long_context_threshold: 0 },
      [],
    ],
    [
      'the tier of all prompts',
      'ai-gateway.vercel.sh',
      { pricing: { input: '1', output: '1', input_tiers: [{ cost: '1' }] } },
      [],
    ],
  ])('has those of %s', (_vendor, host, entry, tiers) => {
    const prices = read(host, entry);
    expect(prices?.tiers.map(({ aboveInputTokens, rates }) => [aboveInputTokens, rates])).toEqual(tiers);
    expect(prices?.hasOtherPrices).toBe(false);
  });

  it.each<[string, string, object]>([
    [
      'LiteLLM',
      '127.0.0.1',
      { tiered_pricing: [{ range: [0, 1], input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 }] },
    ],
    [
      'LiteLLM beside an entry of its own',
      '127.0.0.1',
      {
        ...LITELLM,
        tiered_pricing: [{ range: [0, 1], input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 }],
      },
    ],
    [
      'Vercel',
      'ai-gateway.vercel.sh',
      { pricing: { input_tiers: [{ cost: '0.000001' }], output_tiers: [{ cost: '0.000002', min: 0 }] } },
    ],
  ])('are the rates of the model where %s has no others', (_vendor, host, entry) => {
    expect(read(host, entry)?.rates).toEqual({ input: 0.001, output: 0.002 });
  });

  it.each<[string, string, object]>([
    [
      'a list of numbers',
      'ai-gateway.vercel.sh',
      { pricing: { input: '1', output: '1', input_tiers: [1, 2] } },
    ],
    [
      'another condition',
      'openrouter.ai',
      { pricing: { ...PROMPT, overrides: [{ min_prompt_tokens: 1000, hours: [1, 2], prompt: '0.000009' }] } },
    ],
    [
      'a second condition',
      'openrouter.ai',
      {
        pricing: {
          ...PROMPT,
          overrides: [{ min_prompt_tokens: 1000, min_completion_tokens: 1000, prompt: '0.000009' }],
        },
      },
    ],
    [
      'a count that is no integer',
      'openrouter.ai',
      { pricing: { ...PROMPT, overrides: [{ min_prompt_tokens: 'many', prompt: '0.000009' }] } },
    ],
    [
      'a fee that differs',
      'openrouter.ai',
      { pricing: { ...PROMPT, request: '0.1', overrides: [{ min_prompt_tokens: 1000, request: '0.2' }] } },
    ],
    ['no threshold', 'api.x.ai', { ...XAI, prompt_text_token_price_long_context: 40000 }],
    [
      'an unknown style',
      'api.novita.ai',
      {
        input_token_price_per_m: 1,
        output_token_price_per_m: 2,
        tiered_billing_configs: [{ min_tokens: 1 }],
      },
    ],
    ['a negative price', '127.0.0.1', { ...LITELLM, input_cost_per_token_above_200k_tokens: -1 }],
  ])('are reported as other prices for %s', (_what, host, entry) => {
    expect(read(host, entry)).toMatchObject({ tiers: [], hasOtherPrices: true });
  });
});

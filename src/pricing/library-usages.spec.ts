import { type DocumentedUsage, expectDocumented } from './fixtures/cost-of';

/** Costs are in millionths of a dollar: tokens × the prime of their kind. */
const USAGES: readonly DocumentedUsage[] = [
  {
    // github.com/sgl-project/sglang, usage_processor.py: total = prompt + completion.
    what: 'reasoning of SGLang, which the completion includes',
    usage: {
      prompt_tokens: 10,
      completion_tokens: 50,
      total_tokens: 60,
      prompt_tokens_details: null,
      reasoning_tokens: 40,
    },
    tokens: { input: 10, output: 50 },
    // 20 + 150
    cost: '0.00017',
  },
  {
    // ai-sdk.dev/v5/docs/reference/ai-sdk-core/generate-text, LanguageModelUsage
    what: 'the AI SDK 5',
    usage: {
      inputTokens: 100,
      outputTokens: 50,
      totalTokens: 150,
      reasoningTokens: 30,
      cachedInputTokens: 40,
    },
    tokens: { input: 60, output: 50, cache_read: 40 },
    // 120 + 150 + 280
    cost: '0.00055',
  },
  {
    what: 'reasoning beside the totals, which the total adds',
    usage: { prompt_tokens: 10, completion_tokens: 50, total_tokens: 100, reasoning_tokens: 40 },
    tokens: { input: 10, output: 90 },
    // 100 - 10 - 50 = 40: 20 + 270
    cost: '0.00029',
  },
  {
    what: 'more reasoning beside the totals than completion',
    usage: { input_tokens: 10, output_tokens: 5, reasoning_tokens: 40 },
    tokens: { input: 10, output: 45 },
    assumed: true,
    // 20 + 135
    cost: '0.000155',
  },
  {
    what: 'reasoning beside the totals that nothing decides',
    usage: { prompt_tokens: 10, completion_tokens: 50, reasoning_tokens: 40 },
    tokens: { input: 10, output: 50 },
    assumed: true,
    cost: '0.00017',
  },
  {
    what: 'reasoning that a gateway repeats beside the details',
    usage: {
      prompt_tokens: 10,
      completion_tokens: 50,
      completion_tokens_details: { reasoning_tokens: 40 },
      reasoning_tokens: 40,
    },
    tokens: { input: 10, output: 50 },
    cost: '0.00017',
  },
  {
    what: 'thinking beside the totals',
    usage: { input_tokens: 10, output_tokens: 50, total_tokens: 60, thinking_tokens: 40 },
    tokens: { input: 10, output: 50 },
    cost: '0.00017',
  },
  // docs.perplexity.ai/guides/pricing: the total excludes reasoning and citations.
  ...[
    { citation_tokens: 20 },
    { num_search_queries: 0, citation_tokens: 20 },
    { search_context_size: null, citation_tokens: 20 },
  ].map((fields) => ({
    what: `less reasoning of Perplexity than completion, with ${Object.keys(fields).join(' and ')}`,
    usage: { prompt_tokens: 14, completion_tokens: 800, total_tokens: 814, reasoning_tokens: 300, ...fields },
    tokens: { input: 14, output: 1100, citation: 20 },
    // 28 + 3300 + 740
    cost: '0.004068',
  })),
  {
    what: "Perplexity's bill for reasoning",
    usage: {
      prompt_tokens: 14,
      completion_tokens: 800,
      total_tokens: 814,
      reasoning_tokens: 300,
      cost: { reasoning_tokens_cost: 0.0009, total_cost: 0.003328 },
    },
    tokens: { input: 14, output: 1100 },
    // 28 + 3300
    cost: '0.003328',
    reported: '0.003328',
  },
  {
    // alibabacloud.com/help/en/model-studio, DashScope's own API
    what: "Responses' totals with Chat's details",
    usage: {
      input_tokens: 1000,
      output_tokens: 10,
      total_tokens: 1010,
      prompt_tokens_details: { cached_tokens: 768, audio_tokens: 2 },
      completion_tokens_details: { audio_tokens: 4, reasoning_tokens: 3 },
    },
    tokens: { input: 230, output: 6, cache_read: 768, input_audio: 2, output_audio: 4 },
    // 460 + 18 + 5376 + 26 + 68
    cost: '0.005948',
  },
  {
    what: "Chat's totals with Responses' details",
    usage: {
      prompt_tokens: 1000,
      completion_tokens: 10,
      total_tokens: 1010,
      input_tokens_details: { cached_tokens: 768, cache_write_tokens: 32 },
      output_token_details: { image_tokens: 4 },
    },
    tokens: { input: 200, output: 6, cache_write: 32, cache_read: 768, output_image: 4 },
    // 400 + 18 + 160 + 5376 + 116
    cost: '0.00607',
  },
  {
    // openai.github.io/openai-agents-js, Usage: an item for each request
    what: 'the Agents SDK, which lists its details',
    usage: {
      requests: 2,
      inputTokens: 100,
      outputTokens: 50,
      totalTokens: 150,
      inputTokensDetails: [{ cached_tokens: 50 }, { cached_tokens: 30 }],
      outputTokensDetails: [{ reasoning_tokens: 5 }, {}],
    },
    tokens: { input: 20, output: 50, cache_read: 80 },
    // 40 + 150 + 560
    cost: '0.00075',
  },
  {
    // reference.langchain.com/python, UsageMetadata
    what: 'LangChain',
    usage: {
      input_tokens: 350,
      output_tokens: 240,
      total_tokens: 590,
      input_token_details: { audio: 10, cache_creation: 200, cache_read: 100 },
      output_token_details: { audio: 10, reasoning: 200 },
    },
    tokens: {
      input: 40,
      output: 230,
      cache_write: 200,
      cache_read: 100,
      input_audio: 10,
      output_audio: 10,
    },
    // 80 + 690 + 1000 + 700 + 130 + 170
    cost: '0.00277',
  },
  {
    what: 'LangChain in front of Anthropic, with writes by lifetime',
    kind: 'anthropic',
    usage: {
      input_tokens: 350,
      output_tokens: 10,
      total_tokens: 360,
      input_token_details: {
        cache_read: 100,
        cache_creation: 0,
        ephemeral_5m_input_tokens: 150,
        ephemeral_1h_input_tokens: 50,
      },
    },
    tokens: { input: 50, output: 10, cache_write: 150, cache_read: 100, cache_write_1h: 50 },
    // 100 + 30 + 750 + 700 + 550
    cost: '0.00213',
  },
  {
    what: "LangChain in front of OpenAI's flex tier, whose counts have names of their own",
    usage: {
      input_tokens: 100,
      output_tokens: 20,
      total_tokens: 120,
      input_token_details: { cache_read: 30, flex: 70 },
    },
    tokens: { input: 70, output: 20, cache_read: 30 },
    // 140 + 60 + 210
    cost: '0.00041',
    assumed: true,
    notPriced: ['/input_token_details/flex'],
  },
  {
    // ai-sdk.dev/docs/reference/ai-sdk-core/generate-text, LanguageModelUsage
    what: 'the AI SDK 6',
    usage: {
      inputTokens: 100,
      inputTokenDetails: { noCacheTokens: 55, cacheReadTokens: 40, cacheWriteTokens: 5 },
      outputTokens: 50,
      outputTokenDetails: { textTokens: 20, reasoningTokens: 30 },
      totalTokens: 150,
    },
    tokens: { input: 55, output: 50, cache_write: 5, cache_read: 40 },
    // 110 + 150 + 25 + 280
    cost: '0.000565',
  },
  {
    what: 'details that no kind has',
    usage: {
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: { hologram: 3, reasoning_tokens: 2 },
      output_tokens_details: { cached_tokens: 1, nested: { deep: 4 } },
    },
    tokens: { input: 10, output: 5 },
    cost: '0.000035',
    assumed: true,
    notPriced: [
      '/prompt_tokens_details/hologram',
      '/prompt_tokens_details/reasoning_tokens',
      '/output_tokens_details/cached_tokens',
      '/output_tokens_details/nested/deep',
    ],
  },
];

describe('calculateCost for usages of libraries and servers', () => {
  it.each(USAGES)('prices $what', expectDocumented);
});

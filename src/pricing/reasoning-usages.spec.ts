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
];

describe('calculateCost for reasoning beside the totals', () => {
  it.each(USAGES)('prices $what', expectDocumented);
});

import { type DocumentedUsage, expectDocumented } from './fixtures/cost-of';

/** Costs are in millionths of a dollar: tokens × the prime of their kind. */
const USAGES: readonly DocumentedUsage[] = [
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
  {
    // learn.microsoft.com/dotnet/api/microsoft.extensions.ai.usagedetails
    what: "Microsoft's library for .NET",
    usage: {
      InputTokenCount: 100,
      OutputTokenCount: 50,
      TotalTokenCount: 150,
      CachedInputTokenCount: 40,
      ReasoningTokenCount: 30,
    },
    tokens: { input: 60, output: 50, cache_read: 40 },
    // 120 + 150 + 280
    cost: '0.00055',
  },
  {
    what: "OpenAI's library for .NET",
    usage: {
      InputTokenCount: 100,
      OutputTokenCount: 50,
      TotalTokenCount: 150,
      InputTokenDetails: { CachedTokenCount: 40, AudioTokenCount: 5 },
      OutputTokenDetails: { ReasoningTokenCount: 30, AudioTokenCount: 10 },
    },
    tokens: { input: 55, output: 40, cache_read: 40, input_audio: 5, output_audio: 10 },
    // 110 + 120 + 280 + 65 + 170
    cost: '0.000745',
  },
  {
    // github.com/xai-org/xai-sdk-python, SamplingUsage: 6595 = 5317 + 334 + 944
    what: "xAI's library, with modalities beside the totals",
    usage: {
      prompt_tokens: 5317,
      completion_tokens: 334,
      total_tokens: 6595,
      prompt_text_tokens: 4549,
      prompt_image_tokens: 768,
      reasoning_tokens: 944,
      cached_prompt_text_tokens: 2360,
    },
    tokens: { input: 2189, output: 1278, cache_read: 2360, input_image: 768 },
    // 4378 + 3834 + 16520 + 17664
    cost: '0.042396',
  },
];

describe('calculateCost for usages of libraries', () => {
  it.each(USAGES)('prices $what', expectDocumented);
});

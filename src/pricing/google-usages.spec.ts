import { type DocumentedUsage, expectDocumented } from './fixtures/cost-of';

/** Costs are in millionths of a dollar: tokens × the prime of their kind. */
const USAGES: readonly DocumentedUsage[] = [
  {
    // ai.google.dev/api/generate-content#UsageMetadata
    what: "Gemini's usageMetadata",
    usage: {
      promptTokenCount: 1000,
      cachedContentTokenCount: 400,
      candidatesTokenCount: 50,
      toolUsePromptTokenCount: 30,
      thoughtsTokenCount: 200,
      totalTokenCount: 1280,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 300 },
        { modality: 'AUDIO', tokenCount: 500 },
        { modality: 'IMAGE', tokenCount: 120 },
        { modality: 'VIDEO', tokenCount: 80 },
      ],
      cacheTokensDetails: [
        { modality: 'TEXT', tokenCount: 100 },
        { modality: 'AUDIO', tokenCount: 300 },
      ],
      candidatesTokensDetails: [
        { modality: 'TEXT', tokenCount: 10 },
        { modality: 'IMAGE', tokenCount: 40 },
      ],
      toolUsePromptTokensDetails: [{ modality: 'TEXT', tokenCount: 30 }],
    },
    // Text: 300 - 100 + 30 = 230. Audio: 500 - 300 = 200. Output: 10 + 200 of thoughts.
    tokens: {
      input: 230,
      output: 210,
      cache_read: 100,
      input_audio: 200,
      cache_read_audio: 300,
      input_image: 120,
      output_image: 40,
      input_video: 80,
    },
    // 460 + 630 + 700 + 2600 + 5700 + 2760 + 1160 + 2480
    cost: '0.01649',
  },
  {
    what: "Gemini's usage_metadata in its Python client",
    usage: {
      prompt_token_count: 9,
      candidates_token_count: 3,
      thoughts_token_count: 93,
      total_token_count: 105,
    },
    tokens: { input: 9, output: 96 },
    // 18 + 288
    cost: '0.000306',
  },
  {
    what: 'Gemini models whose candidates include thoughts, as the total shows',
    usage: { promptTokenCount: 10, candidatesTokenCount: 35, thoughtsTokenCount: 30, totalTokenCount: 45 },
    tokens: { input: 10, output: 35 },
    // 20 + 105
    cost: '0.000125',
  },
  {
    what: 'candidates that include thoughts, beside the prompt of a tool',
    usage: {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 7,
      candidatesTokenCount: 35,
      thoughtsTokenCount: 30,
      totalTokenCount: 52,
    },
    tokens: { input: 17, output: 35 },
    // 34 + 105
    cost: '0.000139',
  },
  {
    // ai.google.dev/api/live#UsageMetadata
    what: "Gemini's Live API",
    usage: {
      promptTokenCount: 100,
      responseTokenCount: 60,
      totalTokenCount: 160,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 90 }],
      responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 60 }],
    },
    tokens: { input: 10, input_audio: 90, output_audio: 60 },
    // 20 + 1170 + 1020
    cost: '0.00221',
  },
  {
    // cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse
    what: "Vertex AI's flex tier without an adjustment",
    usage: {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      totalTokenCount: 15,
      trafficType: 'ON_DEMAND_FLEX',
    },
    tokens: { input: 10, output: 5 },
    cost: '0.000035',
    assumed: true,
    notPriced: ['/trafficType'],
  },
  {
    // cloud.google.com/vertex-ai/generative-ai/docs/migrate/openai/overview
    what: "Vertex AI's compatible endpoint, whose total includes reasoning",
    usage: {
      prompt_tokens: 21,
      completion_tokens: 60,
      total_tokens: 162,
      completion_tokens_details: { reasoning_tokens: 81 },
      extra_properties: { google: { traffic_type: 'ON_DEMAND' } },
    },
    tokens: { input: 21, output: 141 },
    // 42 + 423
    cost: '0.000465',
  },
  {
    what: 'a cached prompt that does not say how much of its audio is cached',
    usage: {
      promptTokenCount: 1000,
      cachedContentTokenCount: 800,
      candidatesTokenCount: 5,
      totalTokenCount: 1005,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 100 },
        { modality: 'AUDIO', tokenCount: 900 },
      ],
    },
    // At least 900 - 200 tokens of audio are cached.
    tokens: { output: 5, cache_read: 100, input_audio: 200, cache_read_audio: 700 },
    // 15 + 700 + 2600 + 13300
    cost: '0.016615',
    assumed: true,
  },
  {
    what: 'a cached prompt of audio only',
    usage: {
      promptTokenCount: 900,
      cachedContentTokenCount: 700,
      candidatesTokenCount: 5,
      totalTokenCount: 905,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 900 }],
    },
    tokens: { output: 5, input_audio: 200, cache_read_audio: 700 },
    // 15 + 2600 + 13300
    cost: '0.015915',
  },
  {
    // docs.cloud.google.com/gemini-enterprise-agent-platform/reference/rest/v1beta1/Usage
    what: "a usage of Gemini's Interactions API",
    usage: {
      total_input_tokens: 107,
      input_tokens_by_modality: [
        { modality: 'text', tokens: 7 },
        { modality: 'audio', tokens: 100 },
      ],
      total_cached_tokens: 60,
      cached_tokens_by_modality: [{ modality: 'audio', tokens: 60 }],
      total_output_tokens: 20,
      output_tokens_by_modality: [{ modality: 'text', tokens: 20 }],
      total_tool_use_tokens: 3,
      tool_use_tokens_by_modality: [{ modality: 'text', tokens: 3 }],
      total_thought_tokens: 22,
      total_tokens: 152,
      grounding_tool_count: [
        { type: 'google_search', count: 2 },
        { type: 'google_maps', count: 1 },
      ],
    },
    // Text: 7 + 3 of the tool's prompt. Audio: 100 - 60. Output: 20 + 22 of thoughts.
    tokens: { input: 10, output: 42, input_audio: 40, cache_read_audio: 60 },
    // 20 + 126 + 520 + 1140. Google charges some models by call and others by query, so no call has a price.
    cost: '0.001806',
    assumed: true,
    notPriced: ['/grounding_tool_count/0/count', '/grounding_tool_count/1/count'],
  },
];

describe("calculateCost for Google's usages", () => {
  it.each(USAGES)('prices $what', expectDocumented);
});

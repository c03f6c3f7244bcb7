import { type DocumentedUsage, expectDocumented } from './fixtures/cost-of';

/** Costs are in millionths of a dollar: tokens × the prime of their kind. */
const USAGES: readonly DocumentedUsage[] = [
  {
    // openrouter.ai/docs/use-cases/usage-accounting
    what: 'OpenRouter, which states its bill',
    usage: {
      completion_tokens: 2,
      completion_tokens_details: { reasoning_tokens: 0 },
      cost: 0.95,
      cost_details: { upstream_inference_cost: 19 },
      is_byok: false,
      prompt_tokens: 194,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 100, audio_tokens: 0, file_tokens: 9 },
      server_tool_use: { web_search_requests: 1 },
      total_tokens: 196,
    },
    tokens: { input: 94, output: 2, cache_write: 100 },
    units: { web_search: 1 },
    // 188 + 6 + 500, and 0.41
    cost: '0.410694',
    reported: '0.95',
  },
  {
    // openrouter.ai/docs/api-reference/rerank: Cohere charges search units, not tokens.
    what: 'a rerank of OpenRouter',
    usage: { cost: 0.001, search_units: 1, total_tokens: 150 },
    tokens: {},
    units: { search_unit: 1 },
    cost: '0.59',
    reported: '0.001',
  },
  {
    // docs.x.ai/developers/cost-tracking
    what: 'xAI, which states its bill and the calls of its tools',
    usage: {
      input_tokens: 7583,
      input_tokens_details: { cached_tokens: 3072 },
      output_tokens: 3192,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 10775,
      num_sources_used: 0,
      num_server_side_tools_used: 3,
      cost_in_usd_ticks: 292_331_500,
      server_side_tool_usage_details: {
        web_search_calls: 0,
        x_search_calls: 3,
        code_interpreter_calls: 1,
        file_search_calls: 2,
        mcp_calls: 4,
      },
      context_details: { input_tokens: 5993, output_tokens: 2995 },
    },
    tokens: { input: 4511, output: 3192, cache_read: 3072 },
    units: { x_search: 3, code_execution: 1, file_search: 2 },
    // 9022 + 9576 + 21504, and 3 × 0.43 + 0.47 + 2 × 0.53
    cost: '2.860102',
    reported: '0.02923315',
  },
  {
    // docs.x.ai/docs/guides/live-search: sources have no kind.
    what: 'the live search of xAI',
    usage: {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 135,
      prompt_tokens_details: { text_tokens: 32, audio_tokens: 0, image_tokens: 0, cached_tokens: 6 },
      completion_tokens_details: { reasoning_tokens: 94, audio_tokens: 0 },
      num_sources_used: 5,
    },
    tokens: { input: 26, output: 103, cache_read: 6 },
    // 52 + 309 + 42
    cost: '0.000403',
    assumed: true,
    notPriced: ['/num_sources_used'],
  },
  {
    // docs.x.ai/developers/cost-tracking
    what: 'an image of xAI, which only has a bill',
    usage: { cost_in_usd_ticks: 200_000_000 },
    tokens: {},
    cost: '0',
    assumed: true,
    notPriced: [''],
    reported: '0.02',
  },
  {
    // docs.perplexity.ai/api-reference/chat-completions-post
    what: 'Perplexity, which states its bill',
    usage: {
      prompt_tokens: 14,
      completion_tokens: 8,
      total_tokens: 22,
      search_context_size: 'low',
      cost: {
        input_tokens_cost: 0.000014,
        output_tokens_cost: 0.000008,
        request_cost: 0.005,
        total_cost: 0.005022,
      },
    },
    tokens: { input: 14, output: 8 },
    // 28 + 24
    cost: '0.000052',
    assumed: true,
    notPriced: ['/search_context_size'],
    reported: '0.005022',
  },
  {
    // docs.perplexity.ai/api-reference/responses-post: fetches of pages are free.
    what: "Perplexity's Agent API",
    usage: {
      input_tokens: 100,
      input_tokens_details: { cache_read_input_tokens: 40, cache_creation_input_tokens: 10 },
      output_tokens: 50,
      total_tokens: 150,
      cost: { currency: 'USD', input_cost: 0.0001, output_cost: 0.0002, total_cost: 0.03037 },
      tool_calls_details: { search_web: { invocation: 2 }, fetch_url: { invocation: 1 } },
    },
    tokens: { input: 50, output: 50, cache_write: 10, cache_read: 40 },
    units: { web_search: 2 },
    // 100 + 150 + 50 + 280, and 2 × 0.41
    cost: '0.82058',
    reported: '0.03037',
  },
  {
    // docs.perplexity.ai/guides/pricing, "Sonar Deep Research"
    what: 'a deep research of Perplexity',
    usage: {
      prompt_tokens: 33,
      completion_tokens: 7163,
      total_tokens: 7196,
      citation_tokens: 20_016,
      num_search_queries: 30,
      reasoning_tokens: 68_185,
    },
    tokens: { input: 33, output: 75_348, citation: 20_016 },
    units: { web_search: 30 },
    // 66 + 226044 + 740592, and 30 × 0.41
    cost: '13.266702',
  },
  {
    // docs.litellm.ai/docs/completion/prompt_caching
    what: 'LiteLLM in front of Anthropic',
    kind: 'anthropic',
    usage: {
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: {
        cached_tokens: 1500,
        cache_creation_tokens: 400,
        cache_creation_token_details: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 100 },
        web_search_requests: 2,
      },
      cache_creation_input_tokens: 400,
      cache_read_input_tokens: 1500,
    },
    tokens: { input: 106, output: 300, cache_write: 300, cache_read: 1500, cache_write_1h: 100 },
    units: { web_search: 2 },
    // 212 + 900 + 1500 + 10500 + 1100, and 2 × 0.41
    cost: '0.834212',
  },
  {
    // github.com/QuantumNous/new-api, dto/openai_response.go
    what: 'new-api, which sends the totals of two forms',
    usage: {
      prompt_tokens: 686,
      completion_tokens: 123,
      total_tokens: 809,
      prompt_tokens_details: { cached_tokens: 79, cached_creation_tokens: 200, text_tokens: 686 },
      completion_tokens_details: { text_tokens: 11, reasoning_tokens: 112 },
      input_tokens: 0,
      output_tokens: 0,
      input_tokens_details: null,
      claude_cache_creation_5_m_tokens: 150,
      claude_cache_creation_1_h_tokens: 50,
    },
    tokens: { input: 407, output: 123, cache_write: 150, cache_read: 79, cache_write_1h: 50 },
    // 814 + 369 + 750 + 553 + 550
    cost: '0.003036',
  },
  {
    what: 'a gateway that repeats the totals under other names',
    usage: { prompt_tokens: 0, completion_tokens: 0, input_tokens: 10, output_tokens: 5 },
    tokens: { input: 10, output: 5 },
    // 20 + 15
    cost: '0.000035',
  },
  {
    // github.com/openai/codex, TokenUsage
    what: 'Codex',
    usage: {
      input_tokens: 100,
      cached_input_tokens: 60,
      output_tokens: 30,
      reasoning_output_tokens: 20,
      total_tokens: 130,
    },
    tokens: { input: 40, output: 30, cache_read: 60 },
    // 80 + 90 + 420
    cost: '0.00059',
  },
  {
    what: 'audio and video that no kind has',
    usage: {
      prompt_tokens: 10,
      completion_tokens: 5,
      audio_tokens: 3,
      completion_tokens_details: { video_tokens: 4 },
      input_tokens_details: { audio_tokens: 3 },
    },
    tokens: { input: 7, output: 5, input_audio: 3 },
    // 14 + 15 + 39
    cost: '0.000068',
    assumed: true,
    notPriced: ['/audio_tokens', '/completion_tokens_details/video_tokens'],
  },
  {
    // docs.mistral.ai/api/endpoint/ocr
    what: 'pages of Mistral OCR, which have no kind',
    usage: { pages_processed: 7, doc_size_bytes: 12_345 },
    tokens: {},
    cost: '0',
    assumed: true,
    notPriced: ['/pages_processed'],
  },
  {
    what: 'an unknown count of tokens',
    usage: {
      prompt_tokens: 10,
      completion_tokens: 5,
      hologram_tokens: 7,
      billing: { gpu_seconds: 1.5, queue_seconds: 2 },
    },
    tokens: { input: 10, output: 5 },
    cost: '0.000035',
    assumed: true,
    notPriced: ['/hologram_tokens', '/billing/gpu_seconds'],
  },
];

describe("calculateCost for gateways' usages and those with a bill", () => {
  it.each(USAGES)('prices $what', expectDocumented);
});

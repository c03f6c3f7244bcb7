import { type DocumentedUsage, expectDocumented } from './fixtures/cost-of';

/** Costs are in millionths of a dollar: tokens × the prime of their kind. */
const USAGES: readonly DocumentedUsage[] = [
  {
    // platform.claude.com/docs/en/api/messages
    what: 'a message of Anthropic',
    kind: 'anthropic',
    usage: {
      input_tokens: 21,
      cache_creation_input_tokens: 500,
      cache_read_input_tokens: 188,
      cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 44 },
      output_tokens: 393,
      output_tokens_details: { thinking_tokens: 100 },
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 2, code_execution_requests: 3 },
      service_tier: 'standard',
      inference_geo: 'not_available',
    },
    tokens: { input: 21, output: 393, cache_write: 456, cache_read: 188, cache_write_1h: 44 },
    units: { web_search: 1, code_execution: 3 },
    // 42 + 1179 + 2280 + 1316 + 484, and 0.41 + 3 × 0.47
    cost: '1.825301',
  },
  {
    // platform.claude.com/docs/en/build-with-claude/streaming, a cumulative `message_delta`
    what: 'the last event of a stream of Anthropic',
    kind: 'anthropic',
    usage: {
      input_tokens: 10682,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 510,
      server_tool_use: { web_search_requests: 1 },
    },
    tokens: { input: 10682, output: 510 },
    units: { web_search: 1 },
    // 21364 + 1530, and 0.41
    cost: '0.432894',
  },
  {
    // platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool: another model generates the advice.
    what: 'an adviser of Anthropic, whose tokens belong to another model',
    kind: 'anthropic',
    usage: {
      input_tokens: 2414,
      output_tokens: 3200,
      iterations: [
        { type: 'message', input_tokens: 1051, output_tokens: 35 },
        { type: 'advisor_message', model: 'claude-opus-4-7', input_tokens: 2728, output_tokens: 874 },
        { type: 'message', input_tokens: 1363, output_tokens: 3165 },
      ],
    },
    tokens: { input: 2414, output: 3200 },
    // 4828 + 9600
    cost: '0.014428',
    assumed: true,
    notPriced: ['/iterations/1'],
  },
  {
    // platform.claude.com/docs/en/build-with-claude/batch-processing
    what: 'a batch of Anthropic without an adjustment',
    kind: 'anthropic',
    usage: { input_tokens: 11, output_tokens: 36, service_tier: 'batch' },
    tokens: { input: 11, output: 36 },
    // 22 + 108
    cost: '0.00013',
    assumed: true,
    notPriced: ['/service_tier'],
  },
  {
    // docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
    what: "Bedrock's Converse",
    usage: {
      inputTokens: 30,
      outputTokens: 628,
      totalTokens: 1958,
      cacheReadInputTokens: 800,
      cacheWriteInputTokens: 500,
      cacheDetails: [
        { ttl: '1h', inputTokens: 200 },
        { ttl: '5m', inputTokens: 300 },
      ],
    },
    tokens: { input: 30, output: 628, cache_write: 300, cache_read: 800, cache_write_1h: 200 },
    // 60 + 1884 + 1500 + 5600 + 2200
    cost: '0.011244',
  },
  {
    // docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html, `amazon-bedrock-invocationMetrics`
    what: "Bedrock's invocation metrics",
    usage: {
      inputTokenCount: 14,
      outputTokenCount: 20,
      cacheReadInputTokenCount: 8,
      cacheWriteInputTokenCount: 0,
      invocationLatency: 1500,
      firstByteLatency: 200,
    },
    tokens: { input: 14, output: 20, cache_read: 8 },
    // 28 + 60 + 56
    cost: '0.000144',
  },
  {
    // docs.cohere.com/reference/chat
    what: 'Cohere, which charges its billed units',
    usage: {
      billed_units: { input_tokens: 5, output_tokens: 418 },
      tokens: { input_tokens: 71, output_tokens: 418 },
      cached_tokens: 64,
    },
    tokens: { input: 5, output: 418 },
    // 10 + 1254
    cost: '0.001264',
  },
  {
    what: "a server with Cohere's form that bills no output",
    usage: {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      billed_units: { input_tokens: 5 },
    },
    tokens: { input: 5, output: 50 },
    // 10 + 150
    cost: '0.00016',
    assumed: true,
  },
  {
    // docs.cohere.com/reference/rerank
    what: "Cohere's rerank",
    usage: { api_version: { version: '2' }, billed_units: { search_units: 3 } },
    tokens: {},
    units: { search_unit: 3 },
    cost: '1.77',
  },
  {
    what: "Cohere's rerank beside counts that it does not bill",
    usage: { billed_units: { search_units: 1 }, completion_tokens: 50, tokens: { output_tokens: 50 } },
    tokens: {},
    units: { search_unit: 1 },
    cost: '0.59',
  },
  {
    what: "a server with Cohere's form that bills no output in spite of one",
    usage: { billed_units: { input_tokens: 5, output_tokens: 0 }, tokens: { output_tokens: 50 } },
    tokens: { input: 5 },
    cost: '0.00001',
  },
  {
    // docs.cohere.com/reference/embed
    what: "Cohere's embeddings of images",
    usage: { billed_units: { input_tokens: 12, image_tokens: 400, images: 1 } },
    tokens: { input: 12, input_image: 400 },
    // 24 + 9200
    cost: '0.009224',
    assumed: true,
    notPriced: ['/billed_units/images'],
  },
  {
    // docs.voyageai.com/reference/embeddings-api
    what: "Voyage's embeddings",
    usage: { total_tokens: 10 },
    tokens: { input: 10 },
    cost: '0.00002',
  },
  {
    // docs.voyageai.com/reference/multimodal-embeddings-api
    what: "Voyage's multimodal embeddings",
    usage: { text_tokens: 5, image_pixels: 2_000_000, total_tokens: 3576 },
    tokens: { input: 5, input_image: 3571 },
    // 10 + 82133
    cost: '0.082143',
  },
];

describe("calculateCost for other vendors' usages", () => {
  it.each(USAGES)('prices $what', expectDocumented);
});

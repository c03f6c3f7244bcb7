import { type DocumentedUsage, expectDocumented } from '../fixtures/cost-of';
import { normaliseUsage } from './usage-normaliser';

const TOTALS = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

/** Costs are in millionths of a dollar: tokens × the prime of their kind. The totals cost 20 + 15. */
const PLAIN = { tokens: { input: 10, output: 5 }, cost: '0.000035' };
const NOT_PRICED = { ...PLAIN, assumed: true };

const USAGES: readonly DocumentedUsage[] = [
  {
    // platform.openai.com/docs/guides/tools-image-generation: another model generates the image.
    what: "the tokens of OpenAI's image tool",
    usage: {
      ...TOTALS,
      tool_usage: {
        image_gen: {
          input_tokens: 10,
          output_tokens: 272,
          total_tokens: 282,
          output_tokens_details: { image_tokens: 272, text_tokens: 0 },
        },
        web_search: { num_requests: 1 },
      },
    },
    tokens: { input: 10, output: 5 },
    units: { web_search: 1 },
    // 20 + 15, and 0.41
    cost: '0.410035',
    assumed: true,
    notPriced: ['/tool_usage/image_gen/input_tokens', '/tool_usage/image_gen/output_tokens'],
  },
  // docs.x.ai/developers/pricing: the search of attachments costs $10 per 1000, and has no kind.
  ...[
    'SERVER_SIDE_TOOL_ATTACHMENT_SEARCH',
    'SERVER_SIDE_TOOL_IMAGE_SEARCH',
    'attachment_search',
    'NEW_TOOL',
  ].map((name) => ({
    ...NOT_PRICED,
    what: `xAI's ${name}`,
    usage: { ...TOTALS, server_side_tool_usage: { [name]: 2, SERVER_SIDE_TOOL_WEB_SEARCH: 0 } },
    notPriced: [`/server_side_tool_usage/${name}`],
  })),
  ...['audio_duration', 'output_video_duration', 'images_generated', 'credits'].map((name) => ({
    ...NOT_PRICED,
    what: name,
    usage: { ...TOTALS, [name]: 2, total_duration: 5, eval_duration: 4 },
    notPriced: [`/${name}`],
  })),
  {
    ...NOT_PRICED,
    what: "xAI's search of documents in the REST API",
    usage: { ...TOTALS, server_side_tool_usage_details: { document_search_calls: 2, bash: 1 } },
    notPriced: [
      '/server_side_tool_usage_details/document_search_calls',
      '/server_side_tool_usage_details/bash',
    ],
  },
  {
    ...NOT_PRICED,
    what: "other vendors' unknown tools",
    usage: {
      ...TOTALS,
      server_tool_use: { bash_requests: 3, web_fetch_requests: 1, web_search_requests: 0 },
      tool_calls_details: { finance_search: { invocation: 2 } },
      plugins: { maps: { count: 1 } },
      x_tools: { image_editor: { uses: 4 } },
    },
    notPriced: [
      '/server_tool_use/bash_requests',
      '/tool_calls_details/finance_search/invocation',
      '/plugins/maps/count',
      '/x_tools/image_editor/uses',
    ],
  },
  {
    ...PLAIN,
    what: 'tools that are charged only by their tokens',
    usage: {
      ...TOTALS,
      server_side_tool_usage: {
        SERVER_SIDE_TOOL_VIEW_IMAGE: 3,
        SERVER_SIDE_TOOL_VIEW_X_VIDEO: 1,
        SERVER_SIDE_TOOL_MCP: 2,
      },
      server_tool_use: { web_fetch_requests: 2, tool_search_requests: 1 },
      server_tool_use_details: { tool_calls_requested: 4, tool_calls_executed: 4 },
    },
  },
  {
    what: 'two names of one tool with the same count',
    usage: {
      ...TOTALS,
      server_side_tool_usage_details: { code_execution_calls: 2, code_interpreter_calls: 2 },
      num_server_side_tools_used: 2,
    },
    tokens: { input: 10, output: 5 },
    units: { code_execution: 2 },
    // 20 + 15, and 2 × 0.47
    cost: '0.940035',
  },
  {
    what: 'two names of one tool with different counts',
    usage: {
      ...TOTALS,
      server_side_tool_usage_details: {
        code_interpreter_calls: 2,
        code_execution_calls: 3,
        file_search_calls: 1,
        collections_search_calls: 4,
      },
    },
    tokens: { input: 10, output: 5 },
    units: { code_execution: 3, file_search: 4 },
    // 20 + 15, and 3 × 0.47 + 4 × 0.53
    cost: '3.530035',
    assumed: true,
    notPriced: [
      '/server_side_tool_usage_details/code_interpreter_calls',
      '/server_side_tool_usage_details/file_search_calls',
    ],
  },
  ...['audio', 'Audio', 'AUDIO'].map((modality) => ({
    what: `Gemini's modality ${modality}`,
    usage: {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      promptTokensDetails: [{ modality, tokenCount: 8 }],
      candidatesTokensDetails: [{ modality, tokenCount: 4 }],
    },
    tokens: { input: 2, output: 1, input_audio: 8, output_audio: 4 },
    // 4 + 3 + 104 + 68
    cost: '0.000179',
  })),
  ...['VIDEO', 'video', 'HOLOGRAM'].map((modality) => ({
    ...NOT_PRICED,
    what: `Gemini's output of ${modality}`,
    usage: {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      promptTokensDetails: [{ modality: 'DOCUMENT', tokenCount: 10 }],
      candidatesTokensDetails: [{ modality, tokenCount: 5 }],
    },
    notPriced: ['/candidatesTokensDetails/0/tokenCount'],
  })),
  {
    ...NOT_PRICED,
    what: 'modalities in details beside the totals of OpenAI',
    usage: { ...TOTALS, prompt_tokens_details: [{ modality: 'AUDIO', token_count: 8 }] },
    notPriced: ['/prompt_tokens_details/0/token_count'],
  },
  {
    what: "Bedrock's writes, several for one lifetime",
    usage: {
      inputTokens: 1,
      outputTokens: 1,
      cacheWriteInputTokens: 100,
      cacheDetails: [
        { ttl: '5m', inputTokens: 30 },
        { ttl: '1h', inputTokens: 30 },
        { ttl: '1h', inputTokens: 20 },
        { ttl: '5m', inputTokens: 20 },
      ],
    },
    tokens: { input: 1, output: 1, cache_write: 50, cache_write_1h: 50 },
    // 2 + 3 + 250 + 550
    cost: '0.000805',
  },
  {
    what: "Bedrock's writes for a lifetime that no kind has",
    usage: {
      inputTokens: 1,
      outputTokens: 1,
      cacheWriteInputTokens: 100,
      cacheDetails: [
        { ttl: '24h', inputTokens: 60 },
        { ttl: '5m', inputTokens: 40 },
      ],
    },
    tokens: { input: 1, output: 1, cache_write: 100 },
    // 2 + 3 + 500
    cost: '0.000505',
    assumed: true,
    notPriced: ['/cacheDetails/0/inputTokens'],
  },
  {
    ...PLAIN,
    what: 'an object that repeats the usage',
    usage: { ...TOTALS, raw: { ...TOTALS, prompt_tokens_details: { audio_tokens: 0 } } },
  },
  {
    ...NOT_PRICED,
    what: 'an object with other counts than the usage',
    usage: { ...TOTALS, draft: { ...TOTALS, completion_tokens: 70 } },
    notPriced: ['/draft/completion_tokens'],
  },
];

const manyCounts = (length: number): object =>
  Object.fromEntries(Array.from({ length }, (_count, index) => [`k${index}_tokens`, 1]));

describe('normaliseUsage for counts without a kind', () => {
  it.each(USAGES)('lists $what', expectDocumented);

  it('says how many counts it leaves out', () => {
    const read = (length: number) =>
      normaliseUsage({ ...TOTALS, ...manyCounts(length) }, { kind: 'openai' }).uncounted;
    expect(read(20)).toHaveLength(20);
    expect(read(20).every(({ quantity }) => quantity === 1)).toBe(true);
    expect(read(50)).toHaveLength(21);
    expect(read(50).at(-1)).toEqual({
      pointer: '/usage',
      quantity: null,
      reason: 'No kind has 30 more counts.',
    });
  });
});

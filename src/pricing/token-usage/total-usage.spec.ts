import { type DocumentedUsage, expectDocumented } from '../fixtures/cost-of';
import { normaliseUsage } from './usage-normaliser';

/** Costs are in millionths of a dollar: tokens × the prime of their kind. */
const USAGES: readonly DocumentedUsage[] = [
  {
    // ai.google.dev/gemini-api/docs/interactions: 1800 = 1000 + 500 + 300
    what: "Gemini's Interactions API",
    usage: {
      total_input_tokens: 1000,
      total_output_tokens: 500,
      total_thought_tokens: 300,
      total_cached_tokens: 0,
      total_tool_use_tokens: 0,
      total_tokens: 1800,
    },
    tokens: { input: 1000, output: 800 },
    // 2000 + 2400
    cost: '0.0044',
  },
  {
    what: 'an interaction with a cache, modalities and tools',
    usage: {
      total_input_tokens: 100,
      total_cached_tokens: 40,
      total_output_tokens: 50,
      total_thought_tokens: 20,
      total_tool_use_tokens: 10,
      total_tokens: 180,
      input_tokens_by_modality: [
        { modality: 'text', tokens: 45 },
        { modality: 'audio', tokens: 30 },
        { modality: 'image', tokens: 25 },
      ],
      cached_tokens_by_modality: [{ modality: 'audio', tokens: 10 }],
      output_tokens_by_modality: [{ modality: 'image', tokens: 40 }],
      tool_use_tokens_by_modality: [{ modality: 'text', tokens: 10 }],
      grounding_tool_count: [{ type: 'google_search', count: 2, search_query_count: 3 }],
    },
    // Text: 100 + 10 - 40 - 20 - 25 = 25. Audio: 30 - 10. Output: 50 - 40 + 20.
    tokens: {
      input: 25,
      output: 30,
      cache_read: 30,
      input_audio: 20,
      cache_read_audio: 10,
      input_image: 25,
      output_image: 40,
    },
    // 50 + 90 + 210 + 260 + 190 + 575 + 1160
    cost: '0.002535',
    assumed: true,
    notPriced: ['/grounding_tool_count/0/count'],
  },
  {
    // docs.aws.amazon.com/nova/latest/userguide/output-events.html
    what: "Nova Sonic's usage event",
    usage: {
      details: {
        delta: { input: { speechTokens: 30, textTokens: 0 }, output: { speechTokens: 7, textTokens: 4 } },
        total: { input: { speechTokens: 90, textTokens: 10 }, output: { speechTokens: 40, textTokens: 20 } },
      },
      totalInputTokens: 100,
      totalOutputTokens: 60,
      totalTokens: 160,
    },
    tokens: { input: 10, output: 20, input_audio: 90, output_audio: 40 },
    // 20 + 60 + 1170 + 680
    cost: '0.00193',
  },
  {
    what: 'a total alone',
    usage: { total_tokens: 26, completion_tokens_details: { reasoning_tokens: 0 } },
    tokens: { input: 26 },
    cost: '0.000052',
  },
  {
    what: 'the parts of a rerank, whose endpoint has no output',
    endpoint: 'rerank',
    usage: { total_tokens: 26, query_tokens: 10, document_tokens: 16 },
    tokens: { input: 26 },
    cost: '0.000052',
    assumed: true,
    notPriced: ['/query_tokens', '/document_tokens'],
  },
];

describe('normaliseUsage for a total beside other counts', () => {
  it.each(USAGES)('prices $what', expectDocumented);

  it.each([
    { total_tokens: 150, total_prompt_tokens: 100, total_completion_tokens: 50 },
    { total_tokens: 150, query_tokens: 100 },
    { totalTokens: 150, generatedTokenCount: 50 },
    { total_tokens: 150, cached_tokens: 40 },
    { total_tokens: 150, reasoning_tokens: 40 },
    { total_tokens: 150, completion_tokens_details: { reasoning_tokens: 40 } },
    { total_tokens: 150, prompt_tokens_details: { cached_tokens: 40 } },
    { total_tokens: 150, tokens_by_step: { first_tokens: 40 } },
  ])('rejects %j, unless the usage may be partial', (usage) => {
    expect(() => normaliseUsage(usage, { kind: 'openai' })).toThrow(/not a whole usage/);
    const partial = normaliseUsage(usage, { kind: 'openai', partial: true });
    expect(partial).toMatchObject({ assumed: true, tokens: { input: 150 } });
  });
});

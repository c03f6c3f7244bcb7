import type { DocumentedUsage } from '../fixtures/cost-of';
import { normaliseUsage } from './usage-normaliser';

/** The usage of the AI SDK 6, which keeps that of the vendor in `raw`. */
const AI_SDK = {
  inputTokens: 100,
  inputTokenDetails: { noCacheTokens: 60, cacheReadTokens: 30, cacheWriteTokens: 10 },
  outputTokens: 50,
  outputTokenDetails: { textTokens: 30, reasoningTokens: 20 },
  totalTokens: 150,
};

const KEPT: readonly (Pick<DocumentedUsage, 'what' | 'notPriced'> & { raw: object })[] = [
  {
    what: 'chat completions',
    raw: {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 30, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 20 },
    },
  },
  {
    what: 'Anthropic',
    raw: {
      input_tokens: 60,
      cache_creation_input_tokens: 10,
      cache_read_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 0 },
      output_tokens: 50,
    },
  },
  {
    what: 'Anthropic with what the library leaves out',
    raw: {
      input_tokens: 60,
      cache_creation_input_tokens: 10,
      cache_creation: { ephemeral_1h_input_tokens: 10 },
      server_tool_use: { web_search_requests: 2 },
    },
    notPriced: ['/raw/cache_creation/ephemeral_1h_input_tokens', '/raw/server_tool_use/web_search_requests'],
  },
  {
    what: 'Gemini',
    raw: {
      promptTokenCount: 100,
      cachedContentTokenCount: 30,
      candidatesTokenCount: 30,
      thoughtsTokenCount: 20,
      totalTokenCount: 150,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 100 }],
    },
  },
  {
    what: 'Gemini with audio, which the library leaves out',
    raw: {
      promptTokenCount: 100,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 20 },
        { modality: 'AUDIO', tokenCount: 80 },
      ],
    },
    notPriced: ['/raw/promptTokensDetails/1/tokenCount'],
  },
];

describe('normaliseUsage for the usage of a library that keeps that of the vendor', () => {
  it.each(KEPT)('compares the kept usage of $what', ({ raw, notPriced = [] }) => {
    const { uncounted, assumed } = normaliseUsage({ ...AI_SDK, raw }, { kind: 'openai' });
    expect(uncounted.map(({ pointer }) => pointer.replace('/usage', ''))).toEqual(notPriced);
    expect(assumed).toBe(false);
  });

  it('lists the details that only a kept usage has', () => {
    const nativeUsage = {
      prompt_tokens: 100,
      completion_tokens: 50,
      prompt_tokens_details: { cached_tokens: 30, audio_tokens: 5 },
    };
    const usage = { promptTokens: 100, completionTokens: 50, totalTokens: 150, nativeUsage };
    expect(normaliseUsage(usage, { kind: 'openai' }).uncounted).toMatchObject([
      { pointer: '/usage/nativeUsage/prompt_tokens_details/cached_tokens', quantity: 30 },
      { pointer: '/usage/nativeUsage/prompt_tokens_details/audio_tokens', quantity: 5 },
    ]);
  });
});

import type { Count, UsageReader } from './usage-reader';
import { countTokens, type CountedTokens, type ModalityCount } from './vendor-counts';

const PROMPT = 'prompt_token_count';
const RESPONSE = ['candidates_token_count', 'response_token_count'];
const TOTAL = 'total_token_count';

/** Fields of Gemini's `usageMetadata`. The Live API says `responseTokenCount`. */
export const GEMINI_FIELDS = [
  PROMPT,
  ...RESPONSE,
  TOTAL,
  'thoughts_token_count',
  'cached_content_token_count',
];

export const GEMINI_HALVES = { input: [PROMPT], output: [...RESPONSE, 'thoughts_token_count'] };

/**
 * Reads Gemini's own `usageMetadata`, also Vertex AI's (ai.google.dev/api/generate-content#UsageMetadata). The prompt
 * includes cached tokens. Thoughts and the prompts of tools are beside the prompt and the candidates.
 */
export function readGeminiUsage(reader: UsageReader, isRestInput: boolean): CountedTokens | null {
  const input = (name: string): ModalityCount => ({
    all: sumOf(reader, ['prompt_tokens_details', 'tool_use_prompt_tokens_details'], name),
    cached: sumOf(reader, ['cache_tokens_details'], name),
  });
  const output = (name: string): Count =>
    reader.sum([
      sumOf(reader, ['candidates_tokens_details'], name),
      sumOf(reader, ['response_tokens_details'], name),
    ]);
  const none = { pointer: reader.pointer, tokens: 0 };
  return countTokens(reader, {
    prompt: reader.count(PROMPT),
    completion: reader.largest(RESPONSE),
    total: reader.count(TOTAL),
    cacheRead: reader.count('cached_content_token_count'),
    cacheWrite: none,
    cacheWrite1h: none,
    reasoning: none,
    separateReasoning: reader.count('thoughts_token_count'),
    toolPrompt: reader.count('tool_use_prompt_token_count'),
    citation: none,
    inputAudio: input('AUDIO'),
    inputImage: input('IMAGE'),
    inputVideo: input('VIDEO'),
    outputAudio: output('AUDIO'),
    outputImage: output('IMAGE'),
    excludesCaches: false,
    restKind: isRestInput ? 'input' : null,
  });
}

/** Sums the tokens of a modality in lists such as `[{ "modality": "AUDIO", "tokenCount": 100 }]`. */
function sumOf(reader: UsageReader, lists: readonly string[], modality: string): Count {
  const counts = lists
    .flatMap((list) => reader.items(list))
    .filter((item) => reader.peek(`${item}/modality`) === modality)
    .map((item) => reader.count(`${item}/token_count`));
  return reader.sum(counts);
}

import { agreedTotal } from './agreed-total';
import { INPUTS, OUTPUTS, TOTALS } from './openai-usage';
import type { Count, UsageReader } from './usage-reader';
import { countTokens, type CountedTokens, type ModalityCount } from './vendor-counts';

const PROMPT = 'prompt_token_count';
const RESPONSE = ['candidates_token_count', 'response_token_count'];

/** Fields of Gemini's `usageMetadata`. The Live API says `responseTokenCount`. */
export const GEMINI_FIELDS = [
  PROMPT,
  ...RESPONSE,
  'total_token_count',
  'thoughts_token_count',
  'cached_content_token_count',
];

/** Lists of tokens by modality. */
const INPUT_LISTS = ['prompt_tokens_details', 'tool_use_prompt_tokens_details'];
const CACHE_LISTS = ['cache_tokens_details'];
const OUTPUT_LISTS = ['candidates_tokens_details', 'response_tokens_details'];
export const GEMINI_LISTS = [...INPUT_LISTS, ...CACHE_LISTS, ...OUTPUT_LISTS];

/** Modalities with the rates of text. */
const TEXT = ['TEXT', 'DOCUMENT', 'MODALITY_UNSPECIFIED'];

export const GEMINI_HALVES = { input: [PROMPT], output: [...RESPONSE, 'thoughts_token_count'] };

/**
 * Reads Gemini's own `usageMetadata`, also Vertex AI's (ai.google.dev/api/generate-content#UsageMetadata). The prompt
 * includes cached tokens. Thoughts and the prompts of tools are beside the prompt and the candidates.
 */
export function readGeminiUsage(reader: UsageReader, isRestInput: boolean): CountedTokens | null {
  const input = (...names: readonly string[]): ModalityCount => ({
    all: sumOf(reader, INPUT_LISTS, names),
    cached: sumOf(reader, CACHE_LISTS, names),
  });
  const output = (...names: readonly string[]): Count => sumOf(reader, OUTPUT_LISTS, names);
  input(...TEXT);
  output(...TEXT);
  const thoughts = reader.count('thoughts_token_count');
  const toolPrompt = reader.count('tool_use_prompt_token_count');
  const none = { pointer: reader.pointer, tokens: 0 };
  return countTokens(reader, {
    prompt: ownOr(reader, reader.count(PROMPT), INPUTS, toolPrompt),
    completion: ownOr(reader, reader.largest(RESPONSE), OUTPUTS, thoughts),
    total: reader.largest(TOTALS),
    cacheRead: reader.count('cached_content_token_count'),
    cacheWrite: none,
    cacheWrite1h: none,
    reasoning: none,
    separateReasoning: thoughts,
    toolPrompt,
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

/** A proxy may repeat a count under OpenAI's names, with what is beside it here. */
function ownOr(reader: UsageReader, own: Count, names: readonly string[], beside: Count): Count {
  const whole = agreedTotal(reader, [own, ...names.map((name) => reader.count(name))], [beside]);
  return own.tokens > 0 || whole.tokens === beside.tokens ? own : whole;
}

/** Sums the tokens of modalities in lists such as `[{ "modality": "AUDIO", "tokenCount": 100 }]`. */
function sumOf(reader: UsageReader, lists: readonly string[], modalities: readonly string[]): Count {
  const counts = lists
    .flatMap((list) => reader.items(list))
    .filter((item) => modalities.includes(String(reader.peek(`${item}/modality`)).toUpperCase()))
    .map((item) => reader.count(`${item}/token_count`));
  return reader.sum(counts);
}

import { agreedTotal } from './agreed-total';
import { INPUT_DETAILS, INPUTS, OUTPUTS, TOTALS } from './openai-usage';
import type { Count, UsageReader } from './usage-reader';
import { countTokens, type CountedTokens, type ModalityCount } from './vendor-counts';

/** The names of a count in `usageMetadata` and in the Interactions API. Nova Sonic's totals have the latter, too. */
const PROMPT = ['prompt_token_count', 'total_input_tokens'];
/** The Live API says `responseTokenCount`. */
const RESPONSE = ['candidates_token_count', 'response_token_count', 'total_output_tokens'];
const THOUGHTS = ['thoughts_token_count', 'total_thought_tokens', 'total_thoughts_tokens'];
const CACHED = ['cached_content_token_count', 'total_cached_tokens'];
const TOOL_PROMPT = ['tool_use_prompt_token_count', 'total_tool_use_tokens'];

/** Fields of Gemini's usages. */
export const GEMINI_FIELDS = [...PROMPT, ...RESPONSE, ...THOUGHTS, ...CACHED];

/** Lists of tokens by modality. */
const INPUT_LISTS = [
  'prompt_tokens_details',
  'tool_use_prompt_tokens_details',
  'input_tokens_by_modality',
  'tool_use_tokens_by_modality',
];
const CACHE_LISTS = ['cache_tokens_details', 'cached_tokens_by_modality'];
const OUTPUT_LISTS = ['candidates_tokens_details', 'response_tokens_details', 'output_tokens_by_modality'];
export const GEMINI_LISTS = [...INPUT_LISTS, ...CACHE_LISTS, ...OUTPUT_LISTS];

/** Modalities with the rates of text. */
const TEXT = ['TEXT', 'DOCUMENT', 'MODALITY_UNSPECIFIED'];

export const GEMINI_HALVES = { input: PROMPT, output: [...RESPONSE, ...THOUGHTS] };

/**
 * Reads Gemini's own usages, also Vertex AI's (ai.google.dev/api/generate-content#UsageMetadata,
 * ai.google.dev/api/interactions-api). The prompt includes cached tokens. The prompts of tools are beside the prompt.
 * Thoughts are beside the candidates, except for models whose candidates include them, which only the total shows
 * (github.com/BerriAI/litellm/pull/10141).
 */
export function readGeminiUsage(reader: UsageReader, isRestInput: boolean): CountedTokens | null {
  const input = (...names: readonly string[]): ModalityCount => ({
    all: sumOf(reader, INPUT_LISTS, names),
    cached: sumOf(reader, CACHE_LISTS, names),
  });
  const output = (...names: readonly string[]): Count => sumOf(reader, OUTPUT_LISTS, names);
  input(...TEXT);
  output(...TEXT);
  const thoughts = reader.largest(THOUGHTS);
  const toolPrompt = reader.largest(TOOL_PROMPT);
  const none = { pointer: reader.pointer, tokens: 0 };
  const prompt = ownOr(reader, reader.largest(PROMPT), INPUTS, toolPrompt);
  const completion = ownOr(reader, reader.largest(RESPONSE), OUTPUTS, thoughts);
  const total = reader.largest(TOTALS);
  const rest = total.tokens - prompt.tokens - completion.tokens;
  const areIncluded = thoughts.tokens <= completion.tokens && [0, toolPrompt.tokens].includes(rest);
  return countTokens(reader, {
    prompt,
    completion,
    total,
    cacheRead: reader.largest([...CACHED, ...INPUT_DETAILS.map((name) => `${name}/cached_tokens`)]),
    cacheWrite: none,
    cacheWrite1h: none,
    reasoning: areIncluded ? thoughts : none,
    separateReasoning: areIncluded ? none : thoughts,
    toolPrompt,
    citation: none,
    inputAudio: speechOr(reader, 'input', input('AUDIO')),
    inputImage: input('IMAGE'),
    inputVideo: input('VIDEO'),
    outputAudio: speechOr(reader, 'output', { all: output('AUDIO'), cached: none }).all,
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

/** Nova Sonic states speech (docs.aws.amazon.com/nova/latest/userguide/output-events.html). */
function speechOr(reader: UsageReader, half: string, listed: ModalityCount): ModalityCount {
  const speech = reader.count(`details/total/${half}/speech_tokens`);
  return speech.tokens > 0 ? { ...listed, all: speech } : listed;
}

/** Whether the tokens of a modality have the rates of text. */
export function isText(modality: string): boolean {
  return TEXT.includes(modality.toUpperCase());
}

/** Sums the tokens of modalities in lists such as `[{ "modality": "AUDIO", "tokenCount": 100 }]`. */
function sumOf(reader: UsageReader, lists: readonly string[], modalities: readonly string[]): Count {
  const counts = lists
    .flatMap((list) => reader.items(list))
    .filter((item) => modalities.includes(String(reader.peek(`${item}/modality`)).toUpperCase()))
    .map((item) => reader.largest([`${item}/token_count`, `${item}/tokens`]));
  return reader.sum(counts);
}

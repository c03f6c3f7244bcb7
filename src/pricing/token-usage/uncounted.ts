import { GEMINI_LISTS, isText } from './gemini-usage';
import {
  INPUT_DETAILS,
  INPUTS,
  inside,
  OUTPUT_DETAILS,
  OUTPUTS,
  READS,
  REASONING,
  TOTALS,
  WRITES,
} from './openai-usage';
import type { NotPriced, TokenUsage } from './token-usage';
import type { UsageReader } from './usage-reader';

/** The number of counts that one response lists. */
const MAX_UNCOUNTED = 20;

/** Names that state a count, such as `prompt_audio_seconds` or `billableCharacters`. */
const COUNT_NAME =
  /(^|_)(tokens?|token_count|requests|calls|queries|searches|fetched|count|invocations?|seconds|minutes|characters|pixels|pages(_processed)?|images(_generated)?|videos|(audio|video)_duration(_ms)?|units|credits|classifications)$|^num_/;

/** Names of times and limits, which nobody charges for. */
const TIME_NAME = /latency|queue|elapsed|time|^max_/;

/** Counts beside the totals that repeat or divide those of the readers, and counts that vendors do not charge for. */
const FREE_COUNTS: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'prompt_tokens',
  'completion_tokens',
  'reasoning_tokens',
  'cached_tokens',
  'text_tokens',
  'prompt_cache_miss_tokens',
  'total_tokens',
  'input_text_tokens',
  'output_text_tokens',
  'prompt_text_tokens',
  'completion_text_tokens',
  'num_server_side_tools_used',
  'image_pixels',
  'video_pixels',
]);

/** Parts of the details that have the rate of the whole. `no_cache_tokens` is what the AI SDK 6 leaves. */
const FREE_DETAILS: ReadonlySet<string> = new Set([
  'text',
  'text_tokens',
  'cached_text_tokens',
  'file_tokens',
  'prompt_cache_miss_tokens',
  'no_cache_tokens',
  'accepted_prediction_tokens',
  'rejected_prediction_tokens',
]);

/** Counts in other objects that vendors do not charge for. */
const FREE_NESTED: ReadonlySet<string> = new Set(['text_tokens', 'total_tokens', 'search_query_count']);

/** Objects with the calls of tools, in which every number is one of calls or tokens. */
const TOOL_OBJECTS: ReadonlySet<string> = new Set([
  'server_tool_use',
  'server_tool_use_details',
  'server_side_tool_usage',
  'server_side_tool_usage_details',
  'tool_usage',
  'tool_calls_details',
  'x_tools',
  'plugins',
]);

/**
 * Tools that Anthropic and xAI charge only by their tokens (docs.x.ai/developers/pricing), and OpenRouter's number of calls
 * of functions.
 */
const FREE_TOOL =
  /^(server_side_tool_)?(web_fetch|tool_search|view_image|view_x_video|mcp)(_calls|_requests)?$|^tool_calls_(requested|executed)$/i;

/** Google's Interactions API lists the calls of its tools. */
const TOOL_LIST = 'grounding_tool_count';

const DETAILS: ReadonlySet<string> = new Set([
  ...INPUT_DETAILS,
  ...OUTPUT_DETAILS,
  ...GEMINI_LISTS,
  'cache_details',
]);

/**
 * The names of the same tokens in other forms. Libraries keep the usage of the vendor in their own: AI SDK (`raw`), Spring AI
 * (`nativeUsage`). Its input may exclude cached tokens, and its output may exclude reasoning.
 */
const SAME_TOKENS: readonly (readonly string[])[] = [
  [...INPUTS, 'prompt_token_count', 'no_cache_tokens'],
  [...OUTPUTS, 'candidates_token_count', 'text_tokens'],
  TOTALS,
  [...READS, 'cached_content_token_count'],
  [...WRITES, 'ephemeral_5m_input_tokens'],
  [...REASONING, 'thoughts_token_count'],
];

/** Durations that repeat the tokens of audio, if there are any. */
const AUDIO_DURATIONS: ReadonlySet<string> = new Set([
  'prompt_audio_seconds',
  'audio_seconds',
  'audio_duration',
  'audio_duration_ms',
  'seconds',
]);

/** Objects that repeat the counts of the usage or state money, and those of fetched pages, which are free. */
const IGNORED_OBJECTS: ReadonlySet<string> = new Set([
  'x_details',
  // xAI.
  'context_details',
  // Nova Sonic: what the last event added.
  'delta',
  'iterations',
  'cost',
  'cost_details',
  'fetch_url',
  'web_extractor',
]);

/** Lists the counts of a usage that no reader knows. Nothing can price them. The last entry says how many are left out. */
export function uncountedQuantities(reader: UsageReader, { input_audio }: Partial<TokenUsage>): NotPriced[] {
  const counts = reader.unreadNumbers().filter(({ path, value }) => {
    const names = path.split('/');
    if (value <= 0 || names.some((one) => IGNORED_OBJECTS.has(one))) return false;
    if (AUDIO_DURATIONS.has(names.at(-1)!) && input_audio) return false;
    return isCharged(reader, names, value);
  });
  const reason = 'No kind of tokens or units has this count.';
  const listed = counts
    .slice(0, MAX_UNCOUNTED)
    .map(({ pointer, value }) => ({ pointer, quantity: value, reason }));
  const left = counts.length - listed.length;
  if (left === 0) return listed;
  return [...listed, { pointer: reader.pointer, quantity: null, reason: `No kind has ${left} more counts.` }];
}

/** Whether a usage with only a total states other tokens, which are parts of the total. */
export function hasUnreadTokens(reader: UsageReader): boolean {
  return reader.unreadNumbers().some(({ path, value }) => {
    const names = path.split('/');
    if (value <= 0 || names.some((one) => IGNORED_OBJECTS.has(one) || TOTALS.includes(one))) return false;
    return /(^|_)tokens?(_count)?$/.test(names.at(-1)!) || DETAILS.has(names[0]!);
  });
}

/** Whether an object has a usage inside, such as the whole response. */
export function hasNestedUsage(reader: UsageReader): boolean {
  const total = /\/(prompt|completion|input|output|candidates)_token(s|_count)$/;
  return reader.unreadNumbers().some(({ path }) => total.test(path));
}

/** Whether a vendor may charge for a number at these names. In details, every number is one of tokens. */
function isCharged(reader: UsageReader, names: readonly string[], value: number): boolean {
  const name = names.at(-1)!;
  if (DETAILS.has(names[0]!)) return names.length > 1 && !FREE_DETAILS.has(name);
  if (names.some((one) => DETAILS.has(one))) {
    if (FREE_DETAILS.has(name) || TOOL_OBJECTS.has(names[0]!)) return false;
    const modality = reader.peek([...names.slice(0, -1), 'modality'].join('/'));
    if (typeof modality === 'string') return !isText(modality) && !isRepeated(reader, names, value);
  }
  const isListed = names.some((one) => /^\d+$/.test(one)) && names[0] !== TOOL_LIST;
  const isTool = names.length > 1 && TOOL_OBJECTS.has(names[0]!);
  if (isListed || TIME_NAME.test(name) || FREE_TOOL.test(name)) return false;
  if (!isTool && !COUNT_NAME.test(name)) return false;
  if (names.length === 1) return !FREE_COUNTS.has(name);
  if (names[0] === 'tokens' || FREE_NESTED.has(name)) return false;
  return isTool || !isRepeated(reader, names, value);
}

/** Whether the usage itself states a count that an object in it has. */
function isRepeated(reader: UsageReader, names: readonly string[], value: number): boolean {
  const name = names.at(-1)!;
  if (reader.peek(names.slice(1).join('/')) === value) return true;
  const same = SAME_TOKENS.find((group) => group.includes(name)) ?? [name];
  const paths = [...same, ...inside([...INPUT_DETAILS, ...OUTPUT_DETAILS], same)];
  return paths.some((path) => reader.peek(path) === value);
}

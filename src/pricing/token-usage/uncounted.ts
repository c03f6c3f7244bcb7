import { jsonPointer } from '../../common/json-pointer';
import type { NotPriced, TokenUsage } from './token-usage';
import type { UsageReader } from './usage-reader';

/** The limit of one response. */
const MAX_UNCOUNTED = 20;
const MAX_DEPTH = 4;

/** Names that state a count, such as `prompt_audio_seconds` or `billableCharacters`. */
const COUNT_NAME =
  /(^|_)(tokens?|token_count|requests|calls|queries|searches|fetched|count|invocations?|seconds|minutes|characters|pixels|pages(_processed)?|images|videos|units|classifications)$|^num_/;

/** Names of times that nobody charges for. */
const TIME_NAME = /latency|queue|elapsed|time/;

/** Counts that repeat or divide those of the readers, and counts that vendors do not charge for. */
const FREE_NAMES: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'prompt_tokens',
  'completion_tokens',
  'reasoning_tokens',
  'cached_tokens',
  'text_tokens',
  'file_tokens',
  'prompt_cache_miss_tokens',
  'accepted_prediction_tokens',
  'rejected_prediction_tokens',
  'audio_tokens',
  'image_tokens',
  'video_tokens',
  'total_tokens',
  'input_text_tokens',
  'output_text_tokens',
  'web_fetch_requests',
  'tool_search_requests',
  'mcp_calls',
  'num_server_side_tools_used',
  'image_pixels',
  'video_pixels',
]);

/** Durations that repeat the tokens of audio, if there are any. */
const AUDIO_DURATIONS: ReadonlySet<string> = new Set(['prompt_audio_seconds', 'audio_seconds', 'seconds']);

/** Objects that repeat the counts of the usage or state money, and those of fetched pages, which are free. */
const IGNORED_OBJECTS: ReadonlySet<string> = new Set([
  'x_details',
  'iterations',
  'cost',
  'cost_details',
  'fetch_url',
  'web_extractor',
]);

/** Lists the counts of a usage that no reader knows. Nothing can price them. */
export function uncountedQuantities(reader: UsageReader, { input_audio }: Partial<TokenUsage>): NotPriced[] {
  return countsIn(reader.usage, reader.pointer, 0)
    .filter(({ pointer, name }) => !FREE_NAMES.has(name) && !reader.hasRead(pointer))
    .filter(({ name }) => !AUDIO_DURATIONS.has(name) || !input_audio)
    .slice(0, MAX_UNCOUNTED)
    .map(({ pointer, quantity }) => ({
      pointer,
      quantity,
      reason: 'No kind of tokens or units has this count.',
    }));
}

interface NamedCount {
  readonly name: string;
  readonly pointer: string;
  readonly quantity: number;
}

function countsIn(value: object, pointer: string, depth: number): NamedCount[] {
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) => {
    const at = jsonPointer(pointer, key);
    const name = toSnakeCase(key);
    if (typeof entry === 'object' && entry !== null) {
      const isIgnored = Array.isArray(entry) || IGNORED_OBJECTS.has(name) || depth >= MAX_DEPTH;
      return isIgnored ? [] : countsIn(entry, at, depth + 1);
    }
    const isCount = typeof entry === 'number' && entry > 0 && COUNT_NAME.test(name) && !TIME_NAME.test(name);
    return isCount ? [{ name, pointer: at, quantity: entry }] : [];
  });
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

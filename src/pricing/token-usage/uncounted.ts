import { jsonPointer } from '../../common/json-pointer';
import type { NotPriced } from './token-usage';
import type { UsageReader } from './usage-reader';

/** The limit of one response. */
const MAX_UNCOUNTED = 20;
const MAX_DEPTH = 4;

/** Names that state a count, such as `prompt_audio_seconds` or `billableCharacters`. */
const COUNT_NAME =
  /(^|_)(tokens?|token_count|requests|calls|queries|searches|seconds|minutes|duration|characters|pixels|pages(_processed)?|images|videos|units|classifications)$|^num_/;

/** Counts that repeat other ones, or that vendors do not charge for. */
const FREE_NAMES: ReadonlySet<string> = new Set([
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

/** Objects that repeat the counts of the usage, or that state money or time. */
const IGNORED_OBJECTS: ReadonlySet<string> = new Set([
  'x_details',
  'iterations',
  'cost',
  'cost_details',
  'cached_tokens_details',
  'prompt_tokens_details_list',
]);

/** Lists the counts of a usage that no reader knows. Nothing can price them. */
export function uncountedQuantities(reader: UsageReader): NotPriced[] {
  return countsIn(reader, reader.usage, reader.pointer, 0).slice(0, MAX_UNCOUNTED);
}

function countsIn(reader: UsageReader, value: object, pointer: string, depth: number): NotPriced[] {
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) => {
    const at = jsonPointer(pointer, key);
    const name = toSnakeCase(key);
    if (typeof entry === 'object' && entry !== null) {
      const isIgnored = Array.isArray(entry) || IGNORED_OBJECTS.has(name) || depth >= MAX_DEPTH;
      return isIgnored ? [] : countsIn(reader, entry, at, depth + 1);
    }
    const isCount = typeof entry === 'number' && entry > 0 && COUNT_NAME.test(name);
    if (!isCount || FREE_NAMES.has(name) || reader.hasRead(at)) return [];
    return [{ pointer: at, quantity: entry, reason: 'No kind of tokens or units has this count.' }];
  });
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

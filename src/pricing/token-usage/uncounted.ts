import type { NotPriced, TokenUsage } from './token-usage';
import type { UsageReader } from './usage-reader';

/** The limit of one response. */
const MAX_UNCOUNTED = 20;

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

/** Counts by modality, which only details repeat. No kind has the video of an output. */
const MODALITY_NAME = /\/(audio|image|video)_tokens$/;
const OUTPUT_VIDEO = /^(completion|output)_tokens?_details\/video_tokens$/;

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
  return reader
    .unreadNumbers()
    .filter(({ path, value }) => {
      const names = path.split('/');
      const name = names.at(-1) ?? '';
      if (value <= 0 || FREE_NAMES.has(name) || names.some((one) => IGNORED_OBJECTS.has(one))) return false;
      if (AUDIO_DURATIONS.has(name) && input_audio) return false;
      if (MODALITY_NAME.test(path) && !OUTPUT_VIDEO.test(path)) return false;
      return COUNT_NAME.test(name) && !TIME_NAME.test(name);
    })
    .slice(0, MAX_UNCOUNTED)
    .map(({ pointer, value }) => ({
      pointer,
      quantity: value,
      reason: 'No kind of tokens or units has this count.',
    }));
}

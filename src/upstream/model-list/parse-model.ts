import { isJsonObject, type JsonObject } from '../../common/json-object';
import { type UpstreamModel } from '../adapters/upstream-adapter';
import { findChatSupport, findType } from './chat-support';
import { findCount, findText, findTexts, listParts, valueAt } from './entry-values';
import { readListedPrices } from './listed-prices';
import { parseStatus } from './model-status';

/** Where vendors put the limits of a model, the entry itself first. */
const LIMIT_PARTS = [
  '',
  'top_provider',
  'limits',
  'capabilities.limits',
  'token_limits',
  'metadata',
  'model_spec',
  'model_info',
  'parameters',
  'meta',
];
/** Their names for the context window. */
const CONTEXT_NAMES = [
  'context_length',
  'context_window',
  'context_size',
  'max_context_length',
  'max_context_window_tokens',
  'max_model_len',
  'max_seq_len',
  'max_sequence_length',
  'contextLength',
  'contextWindow',
  'availableContextTokens',
  'max_input_tokens',
  'max_input_token_length',
  'inputTokenLimit',
  'max_prompt_length',
  'n_ctx',
  'n_ctx_train',
];
/** Their names for the limit of output tokens. */
const OUTPUT_NAMES = [
  'max_completion_tokens',
  'max_output_tokens',
  'max_output_length',
  'max_output_token_length',
  'max_completion_length',
  'maxCompletionTokens',
  'maxOutputTokens',
  'outputTokenLimit',
  'max_tokens',
];
const INPUT_PATHS = [
  'architecture.input_modalities',
  'input_modalities',
  'supported_input_modalities',
  'modalities.input_modalities',
  'modalities.input',
  'inputModalities',
];
const OUTPUT_PATHS = [
  'architecture.output_modalities',
  'output_modalities',
  'supported_output_modalities',
  'modalities.output_modalities',
  'modalities.output',
  'outputModalities',
];
/** Members that are true for a model that reads images. */
const VISION_PATHS = [
  'supports_image_in',
  'supports_image_input',
  'supports_vision',
  'capabilities.vision',
  'capabilities.supports.vision',
  'model_spec.capabilities.supportsVision',
  'capabilities.image_input.supported',
];

/**
 * Reads one entry of a list, in the spellings of every vendor in docs/vendors.md. `url` is where the list comes from,
 * because the unit of prices depends on the vendor.
 */
export function parseModel(id: string, entry: JsonObject, url: URL): UpstreamModel {
  const parts = [...listParts(entry, LIMIT_PARTS), ...listHosts(entry)];
  const outputModalities = findModalities(entry, OUTPUT_PATHS) ?? parseModality(entry, 1);
  const prices = readListedPrices(entry, url);
  const chat = findChatSupport(entry, outputModalities);
  return {
    id,
    name: findDisplayName(entry) ?? id,
    type: findType(entry),
    contextLength: findLimit(parts, CONTEXT_NAMES) ?? findProperty(entry, 'context_window'),
    maxOutputTokens: findMaxOutput(parts),
    inputModalities: findModalities(entry, INPUT_PATHS) ?? parseModality(entry, 0) ?? findVision(entry),
    outputModalities,
    ...parseStatus(id, entry),
    ...(chat === undefined ? {} : { chat }),
    ...(prices === null ? {} : { prices }),
  };
}

/** Mistral's `name` is the id of the model that an alias stands for. */
function findDisplayName(entry: JsonObject): string | undefined {
  return findText(
    entry.display_name,
    entry.displayName,
    entry.friendly_name,
    valueAt(entry, 'metadata.display_name'),
    valueAt(entry, 'model_spec.name'),
    Array.isArray(entry.aliases) ? undefined : entry.name,
    entry.modelName,
  );
}

/** OpenRouter states the limit of output tokens at its vendor, which is the lower one. */
function findMaxOutput(parts: readonly JsonObject[]): number | undefined {
  const [entry] = parts;
  const vendor = entry && valueAt(entry, 'top_provider.max_completion_tokens');
  return findCount(vendor) ?? findLimit(parts, OUTPUT_NAMES);
}

function findLimit(parts: readonly JsonObject[], names: readonly string[]): number | undefined {
  return findCount(...parts.flatMap((part) => names.map((name) => part[name])));
}

/** Hugging Face lists the hosts of a model. The first live one has its limits and prices. */
function listHosts({ providers }: JsonObject): JsonObject[] {
  const hosts = Array.isArray(providers) ? (providers as unknown[]).filter(isJsonObject) : [];
  return hosts.filter(({ status }) => status === 'live').slice(0, 1);
}

/** Cloudflare lists limits as `{"property_id": …, "value": …}`. */
function findProperty({ properties }: JsonObject, id: string): number | undefined {
  const all = Array.isArray(properties) ? (properties as unknown[]).filter(isJsonObject) : [];
  const found = all.find(({ property_id }) => property_id === id);
  return found && findCount(Number(found.value));
}

function findModalities(entry: JsonObject, paths: readonly string[]): readonly string[] | undefined {
  return paths.map((path) => findTexts(valueAt(entry, path))).find((found) => found !== undefined);
}

/** Reads one side of OpenRouter's older `text+image->text`. */
function parseModality(entry: JsonObject, side: 0 | 1): readonly string[] | undefined {
  const modality = findText(valueAt(entry, 'architecture.modality'), entry.modality);
  return modality?.includes('->') ? modality.split('->')[side]!.split('+') : undefined;
}

function findVision(entry: JsonObject): readonly string[] | undefined {
  const isPdf = valueAt(entry, 'capabilities.pdf_input.supported') === true;
  const isImage = VISION_PATHS.some((path) => valueAt(entry, path) === true);
  if (!isImage && !isPdf && !isJsonObject(valueAt(entry, 'capabilities.image_input'))) return undefined;
  return ['text', ...(isImage ? ['image'] : []), ...(isPdf ? ['pdf'] : [])];
}

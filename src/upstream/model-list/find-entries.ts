import { isJsonObject, type JsonObject } from '../../common/json-object';

/**
 * Members that contain a list: OpenAI and Anthropic (`data`), the native lists of Cohere, Gemini and Ollama (`models`),
 * Cloudflare (`result`), Replicate (`results`), Bedrock (`modelSummaries`) and gateways.
 */
const LISTS = ['data', 'models', 'result', 'results', 'items', 'modelSummaries', 'model_list'] as const;

/** Where the entries were found. In a native list, `name` is what calls take. */
export interface ListedEntries {
  readonly entries: readonly unknown[];
  readonly isNative: boolean;
}

/**
 * Finds the entries of a list, which a gateway may nest once more: `{"data": {"models": […]}}`. An empty list counts only if
 * there is no other. Null: no list.
 */
export function findEntries(json: unknown): ListedEntries | null {
  if (Array.isArray(json)) return { entries: toObjects(json), isNative: false };
  if (!isJsonObject(json)) return null;
  const nested = LISTS.map((key) => json[key]).filter(isJsonObject);
  const found = [json, ...nested].flatMap(listIn);
  const empty = found[0] ?? (json.data === null ? { entries: [], isNative: false } : null);
  return found.find(({ entries }) => entries.length > 0) ?? empty;
}

function listIn(json: JsonObject): ListedEntries[] {
  return LISTS.flatMap((key) => {
    const entries = json[key];
    return Array.isArray(entries) ? [{ entries: toObjects(entries), isNative: key !== 'data' }] : [];
  });
}

/** A list may consist of names alone. */
function toObjects(entries: readonly unknown[]): readonly unknown[] {
  return entries.every((entry) => typeof entry === 'string') ? entries.map((id) => ({ id })) : entries;
}

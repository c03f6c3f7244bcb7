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

/** Finds the entries of a list, which a gateway may nest once more: `{"data": {"models": […]}}`. Null: no list. */
export function findEntries(json: unknown): ListedEntries | null {
  if (Array.isArray(json)) return { entries: json, isNative: false };
  if (!isJsonObject(json)) return null;
  return findIn(json) ?? findNested(json) ?? (json.data === null ? { entries: [], isNative: false } : null);
}

function findIn(json: JsonObject): ListedEntries | null {
  for (const key of LISTS) {
    const entries = json[key];
    if (Array.isArray(entries)) return { entries, isNative: key !== 'data' };
  }
  return null;
}

function findNested(json: JsonObject): ListedEntries | null {
  for (const key of LISTS) {
    const inner = json[key];
    if (isJsonObject(inner)) return findIn(inner);
  }
  return null;
}

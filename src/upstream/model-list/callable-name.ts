import type { JsonObject } from '../../common/json-object';
import { findText } from './entry-values';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The registry id of a model at GitHub's old host and at Azure AI. */
const RESOURCE_URI = /^azureml:\/\//i;

/**
 * Returns the name that calls take, or undefined. It is the `id`, unless that is a UUID (Cloudflare) or a resource URI
 * (Azure AI): then the `name`. Some lists have it in `model_id`, `slug` or `modelId`, and LiteLLM's `/model/info` and
 * `/model_group/info` in `model_name` and `model_group`. Native lists have it in `model` (Ollama) or `name` (Cohere, Gemini).
 */
export function callableName(entry: JsonObject, isNative: boolean): string | undefined {
  const id = findText(entry.id);
  const others = [entry.model_id, entry.slug, entry.modelId, entry.model_name, entry.model_group];
  if (id !== undefined && !UUID.test(id) && !RESOURCE_URI.test(id)) return id;
  if (id !== undefined) return findText(withoutSpaces(entry.name), ...others, id);
  return findText(...others, ...(isNative ? [entry.model, entry.name] : []));
}

/** A name with spaces is one for people. */
function withoutSpaces(name: unknown): unknown {
  return typeof name === 'string' && /\s/.test(name.trim()) ? undefined : name;
}

import type { JsonObject } from '../../common/json-object';
import { findText, findTexts, valueAt } from './entry-values';

/** Members that are true for a chat model: Mistral, Azure, Fireworks. */
const CHAT_PATHS = ['capabilities.completion_chat', 'capabilities.chat_completion', 'supports_chat'];
/** Members with the endpoints or methods of a model: Cohere, Gemini, Copilot and new-api. */
const ENDPOINT_PATHS = [
  'endpoints',
  'supportedGenerationMethods',
  'supported_endpoints',
  'supported_endpoint_types',
];
/** Words of a list of capabilities: Ollama, llama.cpp and gateways. Others, such as `vision`, say nothing. */
const CHAT_CAPABILITY = /^(chat|completion|messages)$/i;
const OTHER_CAPABILITY = /^(embeddings?|rerank(ing)?|(image|speech|video)[-_]generation|transcription)$/i;
const CHAT_ENDPOINT =
  /^(chat|generatecontent|openai|openai-response|anthropic|gemini|responses|messages)$|\/(chat\/completions|responses|messages)$/i;
const OTHER_ENDPOINT =
  /embed|rerank|classif|summari|image|audio|speech|transcri|predict|bidi|moderat|generateanswer|video/i;

/** Types of chat models, in any vendor's words. */
const CHAT_TYPE =
  /^(chat|chat[-_ ]completions?|language|llm|vlm|text|text[-_ ]generation|text2text.*|image-text-to-text|conversational|multimodal)$/i;
const OTHER_TYPE =
  /embed|image|audio|speech|voice|tts|stt|asr|transcri|rerank|moderat|video|vision[-_ ]encoder|ocr|upscale|inpaint|music|classif|translation|detection|summari|guard/i;

/** What a model is for. */
export type ModelKind = 'chat' | 'embedding' | 'other';

/** Returns what a type in a vendor's words says about a model, or null if it says nothing. */
export function kindOfType(type: string): ModelKind | null {
  if (CHAT_TYPE.test(type)) return 'chat';
  if (/embed/i.test(type)) return 'embedding';
  return OTHER_TYPE.test(type) ? 'other' : null;
}

/** Returns the kind of a model in the vendor's words. */
export function findType(entry: JsonObject): string | undefined {
  const types = [
    entry.type,
    entry.task,
    valueAt(entry, 'task.name'),
    entry.model_type,
    valueAt(entry, 'capabilities.type'),
    entry.mode,
    valueAt(entry, 'model_info.mode'),
  ];
  const type = findText(...types.filter((each) => each !== 'model'));
  if (type !== undefined) return type;
  const endpoints = findTexts(entry.endpoints) ?? [];
  return endpoints.includes('chat') ? 'chat' : endpoints[0];
}

/** Returns whether the list says that a model is a chat model. Undefined: it does not say. */
export function findChatSupport(
  entry: JsonObject,
  outputs: readonly string[] | undefined,
): boolean | undefined {
  const stated = CHAT_PATHS.map((path) => valueAt(entry, path)).find((value) => typeof value === 'boolean');
  if (typeof stated === 'boolean') return stated;
  const endpoints = ENDPOINT_PATHS.flatMap((path) => findTexts(valueAt(entry, path)) ?? []);
  if (endpoints.some((endpoint) => CHAT_ENDPOINT.test(endpoint))) return true;
  if (endpoints.some((endpoint) => OTHER_ENDPOINT.test(endpoint))) return false;
  const capabilities = findTexts(entry.capabilities) ?? [];
  if (capabilities.some((each) => CHAT_CAPABILITY.test(each))) return true;
  if (capabilities.some((each) => OTHER_CAPABILITY.test(each))) return false;
  if (outputs !== undefined && !outputs.some((each) => /^text$/i.test(each))) return false;
  const type = findType(entry);
  if (type !== undefined && CHAT_TYPE.test(type)) return true;
  if (type !== undefined && OTHER_TYPE.test(type)) return false;
  return outputs === undefined ? undefined : true;
}

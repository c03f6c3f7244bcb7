import { isJsonObject, type JsonObject } from '../../common/json-object';
import { type UpstreamModel } from './upstream-adapter';
import { findCount, findText, findTexts } from './upstream-model-list';

/**
 * Reads one entry of an OpenAI-style list. OpenAI itself sends only an id. The other fields come from OpenRouter
 * (`context_length`, `architecture`, `top_provider`), Groq (`context_window`), Mistral (`max_context_length`), vLLM
 * (`max_model_len`), Together (`type`) and Gemini (`display_name`).
 */
export function parseOpenaiModel(id: string, entry: JsonObject): UpstreamModel {
  const architecture = isJsonObject(entry.architecture) ? entry.architecture : {};
  const topProvider = isJsonObject(entry.top_provider) ? entry.top_provider : {};
  return {
    id,
    name: findText(entry.display_name, entry.name) ?? id,
    type: findText(entry.type === 'model' ? undefined : entry.type),
    contextLength: findCount(
      entry.context_length,
      entry.context_window,
      entry.max_context_length,
      entry.max_model_len,
      topProvider.context_length,
    ),
    maxOutputTokens: findCount(
      topProvider.max_completion_tokens,
      entry.max_completion_tokens,
      entry.max_output_tokens,
    ),
    inputModalities: findTexts(architecture.input_modalities) ?? findTexts(entry.input_modalities),
    outputModalities: findTexts(architecture.output_modalities) ?? findTexts(entry.output_modalities),
  };
}

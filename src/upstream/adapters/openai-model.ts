import { isJsonObject, type JsonObject } from '../../common/json-object';
import { firstCount, firstText, texts } from './model-list';
import { type UpstreamModel } from './upstream-adapter';

/**
 * Reads one entry of an OpenAI-style list. OpenAI itself gives an id only; the other fields are those of
 * OpenRouter (`context_length`, `architecture`, `top_provider`), Groq (`context_window`), Mistral
 * (`max_context_length`), vLLM (`max_model_len`), Together (`type`) and Gemini (`display_name`).
 */
export function toOpenaiModel(id: string, entry: JsonObject): UpstreamModel {
  const architecture = isJsonObject(entry.architecture) ? entry.architecture : {};
  const topProvider = isJsonObject(entry.top_provider) ? entry.top_provider : {};
  return {
    id,
    name: firstText(entry.display_name, entry.name) ?? id,
    type: firstText(entry.type === 'model' ? undefined : entry.type),
    contextLength: firstCount(
      entry.context_length,
      entry.context_window,
      entry.max_context_length,
      entry.max_model_len,
      topProvider.context_length,
    ),
    maxOutputTokens: firstCount(
      topProvider.max_completion_tokens,
      entry.max_completion_tokens,
      entry.max_output_tokens,
    ),
    inputModalities: texts(architecture.input_modalities) ?? texts(entry.input_modalities),
    outputModalities: texts(architecture.output_modalities) ?? texts(entry.output_modalities),
  };
}

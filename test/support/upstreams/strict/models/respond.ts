import type { Json } from '../json';
import { StrictError, type ErrorForm } from '../strict-error';

/** Responds to `GET /v1/models` and `GET /v1/models/{id}`. */
export function respondModels(form: ErrorForm, names: readonly string[], id: string | undefined): Json {
  const toModel = form === 'openai' ? toOpenaiModel : toAnthropicModel;
  if (id === undefined) {
    const data = names.map(toModel);
    if (form === 'openai') return { object: 'list', data };
    return { data, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
  }
  if (!names.includes(id)) throw unknownModel(form, id);
  return toModel(id);
}

/** Returns the vendor's error for a model that it does not have. */
export function unknownModel(form: ErrorForm, id: string): StrictError {
  if (form === 'anthropic') return new StrictError(404, `model: ${id}`);
  const message = `The model \`${id}\` does not exist or you do not have access to it.`;
  return new StrictError(404, message, null, 'model_not_found');
}

function toOpenaiModel(id: string): Json {
  return { id, object: 'model', created: 1_790_000_000, owned_by: 'strict' };
}

function toAnthropicModel(id: string): Json {
  return { type: 'model', id, display_name: id, created_at: '2026-09-01T00:00:00Z' };
}

import type { Candidate } from '../../routing/engine/model/candidate';

/** A selector of the list, and the model that stands for it: the first that the selector would try without rules. */
export interface ListedModel {
  readonly id: string;
  readonly candidate: Candidate;
}

/** Returns an entry in the form of OpenAI's list. */
export function toOpenaiModel({ id, candidate: { model, provider } }: ListedModel): object {
  return {
    id,
    object: 'model',
    created: Math.floor(createdAtMs(model.id) / 1000),
    owned_by: provider.name,
  };
}

/** Returns an entry in the form of Anthropic's list. `contextLength` is undefined if unknown. */
export function toAnthropicModel(
  { id, candidate: { model } }: ListedModel,
  contextLength: number | undefined,
): object {
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: new Date(createdAtMs(model.id)).toISOString(),
    lifecycle: 'active',
    max_input_tokens: contextLength ?? null,
    max_tokens: null,
    capabilities: null,
    deprecated_at: null,
    retires_at: null,
    line: null,
  };
}

/** The time in a UUIDv7 (RFC 9562, section 5.7), in epoch milliseconds. */
function createdAtMs(id: string): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

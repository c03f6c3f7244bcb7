import { timeOfId } from '../../common/ids';
import { timestamp } from '../../common/timestamp';
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
    created: Math.floor(timeOfId(model.id) / 1000),
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
    created_at: timestamp(timeOfId(model.id)),
    lifecycle: 'active',
    max_input_tokens: contextLength ?? null,
    max_tokens: null,
    capabilities: null,
    deprecated_at: null,
    retires_at: null,
    line: null,
  };
}

import { DomainError, invalidField } from '../common/domain-error';
import { TOO_MANY_ALIASES } from './dto/model-fields';
import type { TakenName } from './model-names.repository';

export function noSuchProvider(): DomainError {
  const detail = 'The account has no provider with this id. Send an id from GET /v1/llm-providers.';
  return new DomainError('not_found', 'llm_providers.not_found', detail);
}

export function noSuchModel(): DomainError {
  const detail = 'The provider has no model with this id. Send an id from its list of models.';
  return new DomainError('not_found', 'llm_provider_models.not_found', detail);
}

/** `taken` is null if the other model was deleted meanwhile. */
export function modelConflict(taken: TakenName | null): DomainError {
  const detail =
    taken === null
      ? 'The provider already has a model with this name. Names ignore case. Choose another name.'
      : `${JSON.stringify(taken.name)} is already a name of the model ${JSON.stringify(taken.model)} of this provider. Names and aliases ignore case. Choose another name, or change that model.`;
  return new DomainError('conflict', 'llm_provider_models.model_conflict', detail);
}

export function tooManyAliases(): DomainError {
  return invalidField('/aliases', 'length', TOO_MANY_ALIASES);
}

/** A model has its own name anyway. */
export function ownNameAsAlias(index: number): DomainError {
  const detail = 'Is the name of the model itself, ignoring case. Leave it out.';
  const pointer = `/aliases/${index}`;
  return invalidField(pointer, 'unique', detail);
}

/** See `assertBaseUrlConfirmed`. */
export function baseUrlRequired(pointer: string): DomainError {
  const detail =
    'Another token set base_url. Confirm where the secret will be sent: repeat base_url in a PATCH of the provider.';
  return new DomainError('invalid', 'llm_providers.base_url_required', detail, {
    errors: [{ pointer, code: 'llm_providers.base_url_required', detail }],
  });
}

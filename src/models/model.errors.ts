import { DomainError } from '../common/domain-error';

export function noSuchProvider(): DomainError {
  return new DomainError('not_found', 'llm_providers.not_found', 'The provider does not exist.');
}

export function noSuchModel(): DomainError {
  return new DomainError('not_found', 'llm_provider_models.not_found', 'The provider has no such model.');
}

export function modelConflict(): DomainError {
  const detail = 'The provider already has a model with this name. Names ignore case.';
  return new DomainError('conflict', 'llm_provider_models.model_conflict', detail);
}

/** See `assertBaseUrlConfirmed`. */
export function baseUrlRequired(pointer: string): DomainError {
  const detail =
    'Another token set base_url. Confirm where the secret will be sent: repeat base_url in a PATCH of the provider.';
  return new DomainError('invalid', 'llm_providers.base_url_required', detail, {
    errors: [{ pointer, code: 'llm_providers.base_url_required', detail }],
  });
}

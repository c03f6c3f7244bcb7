import { DomainError } from '../common/domain-error';

export function noSuchProvider(): DomainError {
  return new DomainError('not_found', 'llm_providers.not_found', 'There is no such provider.');
}

export function noSuchModel(): DomainError {
  return new DomainError(
    'not_found',
    'llm_provider_models.not_found',
    'There is no such model under this provider.',
  );
}

export function modelConflict(): DomainError {
  const detail = 'The provider has a model of this name already (upper and lower case do not count).';
  return new DomainError('conflict', 'llm_provider_models.model_conflict', detail);
}

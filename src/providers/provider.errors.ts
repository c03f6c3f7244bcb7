import { DomainError, invalidField } from '../common/domain-error';
export { noSuchProvider } from '../models/model.errors';

export function nameConflict(): DomainError {
  const detail = 'The account has a provider of this name already (upper and lower case do not count).';
  return new DomainError('conflict', 'llm_providers.name_conflict', detail);
}

/** Called without it, an upstream might do another thing than was configured. */
export function configurationUnreadable(): DomainError {
  const detail = 'The stored advanced_json of the provider or the model cannot be read. Send it anew.';
  return new DomainError('conflict', 'llm_providers.configuration_unreadable', detail);
}

/** A stored key must not be walked to a host of the caller's choice. */
export function apiKeyRequired(): DomainError {
  const detail =
    'A change of provider or of the origin of base_url needs api_key in the same request, or a token with the scope admin.';
  const pointer = '/api_key';
  return new DomainError('invalid', 'llm_providers.api_key_required', detail, {
    errors: [{ pointer, code: 'llm_providers.api_key_required', detail }],
  });
}

/** The same for secret headers, of the provider and of its models. */
export function secretHeadersRequired(): DomainError {
  const detail =
    'A change of provider or of the origin of base_url needs the secret headers (of the provider and its models) sent anew or removed, or a token with the scope admin.';
  const pointer = '/advanced_json/extra_headers';
  return new DomainError('invalid', 'llm_providers.secret_headers_required', detail, {
    errors: [{ pointer, code: 'llm_providers.secret_headers_required', detail }],
  });
}

export function openaiOnly(): DomainError {
  const detail = 'openai_api_mode is for provider openai only.';
  return invalidField('/openai_api_mode', 'llm_providers.openai_only', detail);
}

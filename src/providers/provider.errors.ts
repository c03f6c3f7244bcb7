import { DomainError, invalidField } from '../common/domain-error';
export { noSuchProvider } from '../models/model.errors';

export function nameConflict(): DomainError {
  const detail = 'A provider with this name already exists. Names ignore case. Choose another name.';
  return new DomainError('conflict', 'llm_providers.name_conflict', detail);
}

/** A client that sends back what it read must not replace the key with the part that it was shown. */
export function apiKeyIsPrefix(): DomainError {
  const detail =
    'Must not be the key_prefix of the stored key. Send the whole key, or leave the field out to keep the stored key.';
  return invalidField('/api_key', 'mask', detail);
}

/** Without its configuration, a call might do something other than what was configured. */
export function configurationUnreadable(): DomainError {
  const detail = 'The stored advanced_json of the provider or the model is corrupt. Replace it with PATCH.';
  return new DomainError('conflict', 'llm_providers.configuration_unreadable', detail);
}

/** See `ProviderDestination.assertSecretsMayMove`. */
export function apiKeyRequired(): DomainError {
  const detail =
    'A new provider, base_url or models_path requires api_key in the same request, or the admin scope.';
  const pointer = '/api_key';
  return new DomainError('invalid', 'llm_providers.api_key_required', detail, {
    errors: [{ pointer, code: 'llm_providers.api_key_required', detail }],
  });
}

/** As {@link apiKeyRequired}, for secrets in the `advanced_json` of the provider and its models. */
export function secretHeadersRequired(): DomainError {
  const detail =
    'Secrets in advanced_json may not move to another provider or base_url. Resend or remove those of the provider and its models, or use the admin scope.';
  const pointer = '/advanced_json/extra_headers';
  return new DomainError('invalid', 'llm_providers.secret_headers_required', detail, {
    errors: [{ pointer, code: 'llm_providers.secret_headers_required', detail }],
  });
}

export function openaiOnly(): DomainError {
  const detail = 'openai_api_mode is only allowed for provider openai. Send null, or leave it out.';
  return invalidField('/openai_api_mode', 'llm_providers.openai_only', detail);
}

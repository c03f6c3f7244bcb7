import type {
  AuditEvent,
  CreateProviderRequest,
  ListAvailableModelsData,
  Model,
  Provider,
  UpdateModelRequest,
  UpdateProviderRequest,
} from './client/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** A wrong type is a compiler error. Nothing here runs. */
declare function expectTrue<T extends true>(proof?: T): void;

// Closed sets are unions of literals, with null if null clears them.
expectTrue<Equal<CreateProviderRequest['provider'], 'openai' | 'anthropic'>>();
expectTrue<Equal<Provider['openai_api_mode'], 'auto' | 'responses' | 'chat_completions' | null>>();
expectTrue<Equal<Provider['secret_status'], 'ok' | 'undecryptable'>>();

// Only fields that null clears accept it.
expectTrue<Equal<UpdateProviderRequest['base_url'], string | null | undefined>>();
expectTrue<Equal<UpdateProviderRequest['name'], string | undefined>>();
expectTrue<Equal<UpdateProviderRequest['api_key'], string | undefined>>();
expectTrue<Equal<UpdateModelRequest['tags'], string[] | null | undefined>>();
expectTrue<Equal<UpdateModelRequest['multiplier'], number | null | undefined>>();
expectTrue<Equal<UpdateModelRequest['is_default'], boolean | undefined>>();
expectTrue<Equal<Model['cost_per_1k_cache_read'], number | null>>();

// Requests have the key, responses do not.
expectTrue<Equal<CreateProviderRequest['api_key'], string>>();
expectTrue<Equal<Extract<keyof Provider, 'api_key'>, never>>();

// advanced_json is free-form, and so is the value of a changed field.
expectTrue<Equal<NonNullable<Provider['advanced_json']>, { [key: string]: unknown }>>();
expectTrue<Equal<AuditEvent['changes'][string]['after'], unknown>>();

// Query parameters have the types of their values.
expectTrue<Equal<NonNullable<ListAvailableModelsData['query']>['refresh'], boolean | undefined>>();

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

/** A mistake in a type is an error of the compiler; nothing here runs. */
declare function expectTrue<T extends true>(proof?: T): void;

// Closed sets are unions of literals, with null where it can be cleared.
expectTrue<Equal<CreateProviderRequest['provider'], 'openai' | 'anthropic'>>();
expectTrue<Equal<Provider['openai_api_mode'], 'auto' | 'responses' | 'chat_completions' | null>>();
expectTrue<Equal<Provider['secret_status'], 'ok' | 'undecryptable'>>();

// Null is taken where it clears, and only there.
expectTrue<Equal<UpdateProviderRequest['base_url'], string | null | undefined>>();
expectTrue<Equal<UpdateProviderRequest['name'], string | undefined>>();
expectTrue<Equal<UpdateProviderRequest['api_key'], string | undefined>>();
expectTrue<Equal<UpdateModelRequest['tags'], string[] | null | undefined>>();
expectTrue<Equal<UpdateModelRequest['multiplier'], number | null | undefined>>();
expectTrue<Equal<UpdateModelRequest['is_default'], boolean | undefined>>();
expectTrue<Equal<Model['cost_per_1k_cache_read'], number | null>>();

// The key is asked for and never given.
expectTrue<Equal<CreateProviderRequest['api_key'], string>>();
expectTrue<Equal<Extract<keyof Provider, 'api_key'>, never>>();

// `advanced_json` is free-form. A changed field may have any JSON value.
expectTrue<Equal<NonNullable<Provider['advanced_json']>, { [key: string]: unknown }>>();
expectTrue<Equal<AuditEvent['changes'][string]['after'], unknown>>();

// Query parameters have the types of their values.
expectTrue<Equal<NonNullable<ListAvailableModelsData['query']>['refresh'], boolean | undefined>>();

import type {
  AuditEventResponse,
  CreateProviderDto,
  ListAvailableModelsData,
  ModelResponse,
  ProviderResponse,
  UpdateModelDto,
  UpdateProviderDto,
} from './client/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** A mistake in a type is an error of the compiler; nothing here runs. */
declare function expectTrue<T extends true>(proof?: T): void;

// Closed sets are unions of literals, with null where it can be cleared.
expectTrue<Equal<CreateProviderDto['provider'], 'openai' | 'anthropic'>>();
expectTrue<Equal<ProviderResponse['openai_api_mode'], 'auto' | 'responses' | 'chat_completions' | null>>();
expectTrue<Equal<ProviderResponse['secret_status'], 'ok' | 'undecryptable'>>();

// Null is taken where it clears, and only there.
expectTrue<Equal<UpdateProviderDto['base_url'], string | null | undefined>>();
expectTrue<Equal<UpdateProviderDto['name'], string | undefined>>();
expectTrue<Equal<UpdateProviderDto['api_key'], string | undefined>>();
expectTrue<Equal<UpdateModelDto['tags'], string[] | null | undefined>>();
expectTrue<Equal<UpdateModelDto['multiplier'], number | null | undefined>>();
expectTrue<Equal<UpdateModelDto['is_default'], boolean | undefined>>();
expectTrue<Equal<ModelResponse['cost_per_1k_cache_read'], number | null>>();

// The key is asked for and never given.
expectTrue<Equal<CreateProviderDto['api_key'], string>>();
expectTrue<Equal<Extract<keyof ProviderResponse, 'api_key'>, never>>();

// Reserved keys have types among free ones; what changed is some JSON value.
type Advanced = NonNullable<ProviderResponse['advanced_json']>;
expectTrue<Equal<Advanced['timeout_ms'], number | undefined>>();
expectTrue<Equal<Advanced['extra_headers'], { [key: string]: string } | undefined>>();
type After = AuditEventResponse['changes'][string]['after'];
expectTrue<Equal<unknown extends After ? true : false, false>>();

// Query parameters have the types of their values.
expectTrue<Equal<NonNullable<ListAvailableModelsData['query']>['refresh'], boolean | undefined>>();

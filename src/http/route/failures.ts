import { ACCOUNT_LIMIT_FAILURES } from './account-limit-failures';
import { failure, type FailureDescription, retryableFailure } from './failure-description';
import { HTTP_FAILURES } from './http-failures';
import { TOKEN_FAILURES } from './token-failures';

/** Every failure, by its part of a response name in the OpenAPI document. */
export const FAILURES = {
  ...HTTP_FAILURES,
  ...TOKEN_FAILURES,
  ...ACCOUNT_LIMIT_FAILURES,
  MalformedRequest: failure(
    400,
    [
      'query.unknown_parameter',
      'query.repeated_parameter',
      'query.limit',
      'query.cursor',
      'query.enabled',
      'query.provider',
      'query.refresh',
      'request.malformed',
      'request.if_match',
      'request.idempotency_key',
      'request.registry_revision',
      'invalid_request',
    ],
    'The query or a header is malformed.',
    'Unknown query parameter. This route takes none.',
  ),
  Unauthenticated: failure(
    401,
    ['auth.token_missing', 'auth.invalid_token'],
    'The token is missing, unknown, expired or revoked.',
    'The request has no bearer token. Send the header "Authorization: Bearer <token>".',
  ),
  InsufficientScope: failure(
    403,
    ['auth.insufficient_scope'],
    'The token lacks the scope of the operation.',
    'The token lacks the scope providers:write. Send a token that has it.',
  ),
  ProviderNotFound: failure(
    404,
    ['llm_providers.not_found'],
    'The account has no such provider.',
    'The account has no provider with this id. Send an id from GET /v1/llm-providers.',
  ),
  ModelNotFound: failure(
    404,
    ['llm_provider_models.not_found'],
    'The provider has no such model.',
    'The provider has no model with this id. Send an id from its list of models.',
  ),
  NoRoute: failure(
    404,
    ['routing.no_route'],
    'No model can be chosen. `considered` has the reason for each model.',
    'No model can be chosen. "auto": anthropic-main^claude-sonnet-4-20250514 (when: /tier expected "pro", got "free").',
  ),
  NotServed: failure(
    404,
    ['route.not_found'],
    'Metrics are not served: METRICS_TOKEN is not set and Caret listens on a public address.',
    'There is no such route. /docs lists the routes.',
  ),
  NameConflict: failure(
    409,
    ['llm_providers.name_conflict'],
    'The account already has a provider with this name. Names ignore case.',
    'A provider with this name already exists. Names ignore case. Choose another name.',
  ),
  ModelConflict: failure(
    409,
    ['llm_provider_models.model_conflict'],
    'Another model of the provider has this name or alias. Names and aliases ignore case.',
    '"sonnet" is already a name of the model "claude-sonnet-4-20250514" of this provider. Names and aliases ignore case. Choose another name, or change that model.',
  ),
  SecretUnusable: failure(
    409,
    ['llm_providers.secret_undecryptable', 'llm_providers.configuration_unreadable'],
    'A stored secret or `advanced_json` cannot be read. Resend it, or restore the encryption key.',
    'The stored secret cannot be opened with the configured encryption keys. Resend it, or ask the operator to restore the encryption key.',
  ),
  KeyInFlight: retryableFailure(
    409,
    ['idempotency.in_flight'],
    'The first request with this `Idempotency-Key` is still running. Retry after the seconds in `Retry-After`.',
    'The first request with this Idempotency-Key is still running. Retry after the seconds in Retry-After.',
  ),
  StaleEtag: failure(
    412,
    ['request.stale_etag'],
    'The resource has changed since the `ETag` in `If-Match` was read.',
    'The resource has changed since you read it. Fetch it again and retry.',
  ),
  InvalidFields: failure(
    422,
    ['validation.failed'],
    'Fields are invalid; `errors` points to each one.',
    '/name: Is required.',
    ['/name', 'required'],
  ),
  ListTooLarge: failure(
    422,
    ['list.too_large'],
    'The whole list is larger than 16 MiB. Pages of it are not.',
    'The list is larger than 16 MiB. Send limit, and follow the Link of each page.',
  ),
  SecretsRequired: failure(
    422,
    ['llm_providers.api_key_required', 'llm_providers.secret_headers_required'],
    'A new kind or base URL needs the key and the secret headers in the same request, or the scope `admin`.',
    'A new provider or base_url requires api_key in the same request, or the admin scope.',
    ['/api_key', 'llm_providers.api_key_required'],
  ),
  BaseUrlRequired: failure(
    422,
    ['llm_providers.base_url_required'],
    'Another token set the `base_url` that would receive the new secret.',
    'Another token set base_url. Confirm where the secret will be sent: repeat base_url in a PATCH of the provider.',
    ['/base_url', 'llm_providers.base_url_required'],
  ),
  EgressDenied: failure(
    422,
    ['egress_denied'],
    'The egress policy does not allow the address of the upstream.',
    'Caret may not call this address. Use another base_url, or allow it with EGRESS_MODE or EGRESS_ALLOW. EGRESS_MODE=local allows private addresses on ports from 1024.',
    ['/base_url', 'egress_denied'],
  ),
  RuleTooCostly: failure(
    422,
    ['routing.too_costly'],
    'The rules take longer to evaluate than one request may.',
    'The rules take too long to evaluate. Simplify their $regex patterns.',
  ),
  RoutingTooLarge: retryableFailure(
    503,
    ['routing.too_large'],
    'The registry of the account needs more memory than routing tables may take.',
    'Routing this account needs more than the 64 MiB of ROUTING_MEMORY_MB. Delete models or shorten their rules, tags and advanced_json, or ask the operator for more memory.',
  ),
  KeyReused: failure(
    422,
    ['idempotency.key_reused'],
    'The `Idempotency-Key` was used with another body.',
    'This Idempotency-Key was used with another body. Use a new key for a new request.',
  ),
  UpstreamRejection: retryableFailure(
    422,
    [
      'llm_providers.upstream_auth_failed',
      'llm_providers.upstream_forbidden',
      'llm_providers.upstream_request_failed',
    ],
    'The upstream rejected the credentials or the request. `retry_after` and `Retry-After` have the seconds to wait if the upstream sent them.',
    'The upstream rejected the credentials (HTTP 401).',
  ),
  TooManyFailures: retryableFailure(
    429,
    ['auth.too_many_failures'],
    'Too many invalid tokens came from this address. Retry after the seconds in `Retry-After`.',
    'Too many invalid tokens from this address. Retry after the seconds in Retry-After, or send a valid token.',
  ),
  TooManyUpstreamCalls: retryableFailure(
    429,
    ['upstream.too_many_calls'],
    'Too many upstream calls of the account, or of all accounts, are in progress. Retry after the seconds in `Retry-After`.',
    'Too many upstream calls are in progress. Retry after the seconds in Retry-After.',
  ),
  UpstreamFailure: retryableFailure(
    502,
    ['llm_providers.upstream_error'],
    'The upstream fails. `retry_after` and `Retry-After` have the seconds to wait if the upstream sent them.',
    'The upstream failed (HTTP 500).',
  ),
  UpstreamUnusable: failure(
    502,
    ['llm_providers.upstream_invalid_response', 'upstream_unreachable', 'upstream_certificate_invalid'],
    'The upstream is unreachable, or sends a response that Caret cannot read.',
    'The upstream response is not a list of models.',
  ),
  DatabaseUnavailable: retryableFailure(
    503,
    ['database_unavailable', 'database_busy'],
    'The database is unavailable or overloaded. Retry after the seconds in `Retry-After`.',
    'The database is unavailable. Retry after the seconds in Retry-After, a creation with the same Idempotency-Key.',
  ),
  RevisionNotReached: retryableFailure(
    503,
    ['registry.revision_not_reached'],
    'The database has not reached the revision in `X-Registry-Revision`. Retry after the seconds in `Retry-After`.',
    'The registry here is at revision 41 and has not reached 42. Retry later.',
  ),
  UpstreamTimeout: failure(
    504,
    ['llm_providers.upstream_timeout'],
    'The upstream did not respond in time.',
    'The upstream did not respond in time. Retry later.',
  ),
  ValueRejected: failure(
    422,
    ['storage.value_rejected'],
    'The database cannot store a value of the request.',
    'The database cannot store a value of this request. Send a shorter or smaller value.',
  ),
  StorageFull: failure(
    507,
    ['storage_full', 'storage.too_large'],
    'The disk of the database is full, or the request is larger than the database accepts. Nothing was written.',
    'The disk of the database is full. Nothing was written. Ask the operator to free disk space.',
  ),
} satisfies Record<string, FailureDescription>;

export type Failure = keyof typeof FAILURES;

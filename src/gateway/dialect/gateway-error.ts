import type { Dialect } from './endpoint';

interface ErrorCase {
  /** The status for callers of OpenAI's APIs. */
  readonly status: number;
  /** The status for callers of Anthropic's API, if it differs. */
  readonly anthropicStatus?: number;
  readonly openaiType: string;
  readonly anthropicType: string;
}

const INVALID = { openaiType: 'invalid_request_error', anthropicType: 'invalid_request_error' };
const NOT_FOUND = { status: 404, openaiType: 'invalid_request_error', anthropicType: 'not_found_error' };
const LIMITED = { status: 429, openaiType: 'rate_limit_error', anthropicType: 'rate_limit_error' };
const UPSTREAM = { status: 502, openaiType: 'api_error', anthropicType: 'api_error' };
const OVERLOADED = {
  status: 503,
  anthropicStatus: 529,
  openaiType: 'api_error',
  anthropicType: 'overloaded_error',
};

/** Every error that the gateway itself creates, by its code. */
export const GATEWAY_ERRORS = {
  invalid_body: { status: 400, ...INVALID },
  invalid_header: { status: 400, ...INVALID },
  invalid_selector: { status: 400, ...INVALID },
  unsupported_parameter: { status: 400, ...INVALID },
  invalid_api_key: {
    status: 401,
    openaiType: 'invalid_request_error',
    anthropicType: 'authentication_error',
  },
  insufficient_permissions: {
    status: 403,
    openaiType: 'invalid_request_error',
    anthropicType: 'permission_error',
  },
  model_not_found: NOT_FOUND,
  endpoint_not_supported: NOT_FOUND,
  previous_response_not_found: NOT_FOUND,
  method_not_allowed: { status: 405, ...INVALID },
  request_timeout: { status: 408, openaiType: 'invalid_request_error', anthropicType: 'timeout_error' },
  request_too_large: {
    status: 413,
    openaiType: 'invalid_request_error',
    anthropicType: 'request_too_large',
  },
  unsupported_media_type: { status: 415, ...INVALID },
  upgrade_not_supported: { status: 426, ...INVALID },
  rate_limit_exceeded: LIMITED,
  upstream_auth_failed: UPSTREAM,
  upstream_quota: UPSTREAM,
  upstream_error: UPSTREAM,
  upstream_truncated: UPSTREAM,
  upstream_invalid_response: UPSTREAM,
  internal_error: { status: 500, openaiType: 'api_error', anthropicType: 'api_error' },
  overloaded: OVERLOADED,
  no_usable_target: OVERLOADED,
  upstream_timeout: { status: 504, openaiType: 'api_error', anthropicType: 'timeout_error' },
} as const satisfies Readonly<Record<string, ErrorCase>>;

export type GatewayErrorCode = keyof typeof GATEWAY_ERRORS;

export interface GatewayErrorDetails {
  /** The field of the body or the header that is wrong. */
  readonly param?: string;
  /** Milliseconds after which a repeat may succeed. Becomes `retry-after` and `retry-after-ms`. */
  readonly retryAfterMs?: number;
  /** Whether the SDK should repeat the request. Becomes `x-should-retry`. Absent leaves it to the status. */
  readonly shouldRetry?: boolean;
  readonly cause?: unknown;
}

/** A failed call of the gateway, in the words for its caller. */
export class GatewayError extends Error {
  constructor(
    readonly code: GatewayErrorCode,
    message: string,
    readonly details: GatewayErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
  }

  statusFor(dialect: Dialect): number {
    const found: ErrorCase = GATEWAY_ERRORS[this.code];
    return (dialect === 'anthropic' ? found.anthropicStatus : undefined) ?? found.status;
  }

  /** Returns the JSON body in the form of the dialect. */
  bodyFor(dialect: Dialect, requestId: string): Record<string, unknown> {
    const found: ErrorCase = GATEWAY_ERRORS[this.code];
    const { message, code } = this;
    if (dialect === 'anthropic')
      return { type: 'error', error: { type: found.anthropicType, message }, request_id: requestId };
    return { error: { message, type: found.openaiType, param: this.details.param ?? null, code } };
  }
}

import { DomainError } from '../../common/domain-error';
import { isUpstreamTimeout, UpstreamError } from '../../upstream/upstream-error';
import { createFailure, type Failure, type FailureCode } from './failure';

/** What the codes of Node's sockets and resolver, and of undici, mean for the caller. */
const CODES: readonly (readonly [RegExp, FailureCode])[] = [
  [
    /^(ENOTFOUND|ENODATA|ENONAME|ESERVFAIL|EBADRESP|EBADNAME|EREFUSED|ENOTIMP|EAI_.*|ETIMEOUT|ECANCELLED)$/,
    'name_not_resolved',
  ],
  [/^ECONNREFUSED$/, 'connection_refused'],
  [
    /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_CLOSED|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/,
    'connection_reset',
  ],
  [/^(ETIMEDOUT|TimeoutError|UND_ERR_CONNECT_TIMEOUT)$/, 'upstream_timeout'],
];

/** Where the vendor-neutral codes of upstream errors lead. */
const ERRORS = new Map<string, FailureCode>([
  ['egress_denied', 'egress_denied'],
  ['upstream.too_many_calls', 'too_many_calls'],
  ['upstream_certificate_invalid', 'certificate_invalid'],
  ['llm_providers.upstream_invalid_response', 'upstream_invalid_response'],
  ['llm_providers.upstream_request_failed', 'upstream_redirected'],
]);

/**
 * Classifies a call that got no complete response.
 *
 * @param hidesNames whether the egress policy is strict: then no failure to connect may differ from another, because the
 *   difference would map the internal network
 */
export function classifyTransport(error: unknown, hidesNames: boolean): Failure {
  const retryAfterMs = findRetryAfterMs(error);
  return createFailure(findCode(error, hidesNames), {
    status: error instanceof UpstreamError ? error.upstreamStatus : null,
    retryAfterMs,
  });
}

function findRetryAfterMs(error: unknown): number | null {
  if (!(error instanceof DomainError) || error.retryAfterSeconds === undefined) return null;
  return error.retryAfterSeconds * 1000;
}

function findCode(error: unknown, hidesNames: boolean): FailureCode {
  if (!(error instanceof DomainError)) return 'upstream_error';
  if (isUpstreamTimeout(error)) return 'upstream_timeout';
  const known = ERRORS.get(error.code);
  if (known !== undefined) return known;
  if (error.code !== 'upstream_unreachable') return 'upstream_error';
  const { code } = (error.cause ?? {}) as { code?: unknown };
  if (hidesNames || typeof code !== 'string') return 'upstream_unreachable';
  return CODES.find(([pattern]) => pattern.test(code))?.[1] ?? 'upstream_unreachable';
}

import { DomainError, type ErrorKind } from '../common/domain-error';
import { redactUrl } from './redact';

/** What is known about a failed call besides its code. */
export interface UpstreamFailure {
  /** The HTTP status of the response. Absent if there was none. */
  readonly status?: number | null;
  /** The upstream's own words, redacted. Decisions on words read them, because `detail` has only their start. */
  readonly words?: string | null;
  /** The upstream's `Retry-After`. */
  readonly retryAfterSeconds?: number | null;
  readonly cause?: unknown;
}

/** A failed call to an upstream. `upstreamStatus` is the HTTP status of the response, or null if there was none. */
export class UpstreamError extends DomainError {
  readonly upstreamStatus: number | null;
  readonly words: string | null;

  constructor(kind: ErrorKind, code: string, detail: string, failure: UpstreamFailure = {}) {
    const retryAfterSeconds = failure.retryAfterSeconds ?? undefined;
    super(kind, code, detail, {
      retryAfterSeconds,
      members: retryAfterSeconds === undefined ? undefined : { retry_after: retryAfterSeconds },
      cause: reduceCause(failure.cause),
    });
    this.upstreamStatus = failure.status ?? null;
    this.words = failure.words ?? null;
  }

  private copy(changes: UpstreamFailure): UpstreamError {
    const { upstreamStatus: status, words, retryAfterSeconds, cause } = this;
    const failure = { status, words, retryAfterSeconds, cause, ...changes };
    return new UpstreamError(this.kind, this.code, this.detail, failure);
  }

  /** Returns the same error with the status of the response, unless it has one. */
  withStatus(status: number): UpstreamError {
    if (this.upstreamStatus !== null) return this;
    return this.copy({ status });
  }

  /** Returns the same error `seconds` later: what is left of its Retry-After, at least one second. */
  after(seconds: number): UpstreamError {
    const { retryAfterSeconds = null } = this;
    if (retryAfterSeconds === null) return this;
    const left = Math.max(1, Math.ceil(retryAfterSeconds - seconds));
    return this.copy({ retryAfterSeconds: left });
  }
}

/** For failed name resolution and connections. In `strict` mode also for a denied name. */
export function upstreamUnreachable(cause?: unknown): UpstreamError {
  return new UpstreamError(
    'upstream_failed',
    'upstream_unreachable',
    'The upstream is unreachable. Check that the host of base_url resolves and accepts connections.',
    { cause },
  );
}

/** For a certificate that is expired, for another name, or from an authority that this process does not trust. */
export function upstreamCertificateInvalid(problem: string, cause?: unknown): UpstreamError {
  return new UpstreamError(
    'upstream_failed',
    'upstream_certificate_invalid',
    `The certificate of the upstream ${problem}.`,
    { cause },
  );
}

export function upstreamTimeout(cause?: unknown): UpstreamError {
  return timeoutError('Retry later.', cause);
}

/** Adds to a timeout that `timeout_ms` can extend the call, up to `maxTimeoutMs`. Returns other errors unchanged. */
export function suggestTimeout(error: unknown, maxTimeoutMs: number): unknown {
  if (!isUpstreamTimeout(error)) return error;
  return timeoutError(`Retry later, or set advanced_json.timeout_ms, up to ${maxTimeoutMs}.`, error.cause);
}

function timeoutError(advice: string, cause: unknown): UpstreamError {
  const detail = `The upstream did not respond in time. ${advice}`;
  return new UpstreamError('upstream_timeout', 'llm_providers.upstream_timeout', detail, { cause });
}

export function isUpstreamTimeout(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && error.kind === 'upstream_timeout';
}

/** For calls beyond the limits of an account or the process. Says nothing about the upstream. */
export function tooManyUpstreamCalls(): DomainError {
  const detail = 'Too many upstream calls are in progress. Retry after the seconds in Retry-After.';
  return new DomainError('rate_limited', 'upstream.too_many_calls', detail, { retryAfterSeconds: 1 });
}

/** `problem` completes the sentence "The upstream response …". */
export function upstreamInvalidResponse(
  problem: string,
  status: number | null = null,
  cause?: unknown,
): UpstreamError {
  const detail = `The upstream response ${problem}.`;
  return new UpstreamError('upstream_failed', 'llm_providers.upstream_invalid_response', detail, {
    status,
    cause,
  });
}

/**
 * Redirects are not followed, because they could send the key to a host that the policy has not checked. The message has
 * the origin and the path of the location, without secrets.
 */
export function upstreamRedirected(
  status: number,
  from: URL,
  location: URL | null,
  secrets: readonly string[],
): UpstreamError {
  const target = location === null ? '' : ` to ${redactUrl(location, secrets)}`;
  // FastAPI adds a slash to the path of a list, which no base URL can express.
  const isSlash = location?.origin === from.origin && location.pathname === `${from.pathname}/`;
  const advice =
    isSlash && from.pathname.endsWith('/models') && target.endsWith(location.pathname)
      ? `Set advanced_json.models_path to "${location.pathname}".`
      : 'Set base_url to the final address.';
  const detail = `The upstream sent a redirect${target} (HTTP ${status}). ${advice}`;
  return new UpstreamError('invalid', 'llm_providers.upstream_request_failed', detail, { status });
}

const TOO_LARGE = 'is too large';

export function upstreamTooLarge(): UpstreamError {
  return upstreamInvalidResponse(TOO_LARGE);
}

export function isTooLarge(error: unknown): boolean {
  return error instanceof UpstreamError && error.detail === upstreamTooLarge().detail;
}

/** What each error of a certificate means, completing the sentence "The certificate of the upstream …". */
const CERTIFICATE_PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/^CERT_HAS_EXPIRED$/, 'has expired'],
  [/^CERT_NOT_YET_VALID$/, 'is not valid yet'],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, 'is for another host name. Correct base_url'],
  [
    /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/,
    'is not from a trusted authority. To trust an authority of your own, start Caret with NODE_EXTRA_CA_CERTS set to its PEM file',
  ],
];

/** Translates errors of undici, of Node's sockets and of certificates. Returns a `DomainError` unchanged. */
export function translateTransportFailure(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const code = readErrorCode(error);
  const certificate = CERTIFICATE_PROBLEMS.find(([pattern]) => pattern.test(code));
  if (certificate) return upstreamCertificateInvalid(certificate[1], error);
  if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) return upstreamTimeout(error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return upstreamInvalidResponse('has too many headers', null, error);
  // A reset in the middle of a body. Without keep-alive, undici reports it as a wrong length or an invalid end.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || isInvalidEnd(error))
    return upstreamUnreachable(error);
  if (/^(Z_|ERR_BROTLI|ERR__ERROR|ERR_PADDING)/.test(code))
    return upstreamInvalidResponse('cannot be decoded as its content encoding says', null, error);
  if (/^(HTTPParserError|HPE_|UND_ERR_RES)/.test(code))
    return upstreamInvalidResponse('is not valid HTTP', null, error);
  return upstreamUnreachable(error);
}

/** Undici gives its parser's errors no code. */
function isInvalidEnd(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith('(Invalid EOF state)');
}

/** Returns the error's code, or its class name if it has no code. */
function readErrorCode(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return [code, name].find((text): text is string => typeof text === 'string') ?? '';
}

/** Reduces a cause to its code, which is logged. The original may contain response bytes (undici's parser error does). */
function reduceCause(error: unknown): Error | undefined {
  if (error === undefined || error === null) return undefined;
  const code = readErrorCode(error);
  return Object.assign(new Error(code), { code });
}

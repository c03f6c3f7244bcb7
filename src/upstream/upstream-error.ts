import { DomainError, type ErrorKind } from '../common/domain-error';
import { isJsonObject } from '../common/json-object';
import { parseResponseJson } from './parse-response-json';
import { redact } from './redact';

const MAX_QUOTE_LENGTH = 200;
/** Redaction reads more text than the quote shows, so that a secret at the cut is recognised as a whole. */
const MAX_REDACTED_LENGTH = 2000;

/** A failed call to an upstream. `upstreamStatus` is the HTTP status of the response, or null if there was none. */
export class UpstreamError extends DomainError {
  constructor(
    kind: ErrorKind,
    code: string,
    detail: string,
    readonly upstreamStatus: number | null = null,
    cause?: unknown,
  ) {
    super(kind, code, detail, { cause: reduceCause(cause) });
  }
}

/** For failed name resolution, connections and certificates. In `strict` mode also for a denied name. */
export function upstreamUnreachable(cause?: unknown): UpstreamError {
  return new UpstreamError(
    'upstream_failed',
    'upstream_unreachable',
    'The upstream is unreachable. Check that the host of base_url resolves, accepts connections and has a valid certificate.',
    null,
    cause,
  );
}

export function upstreamTimeout(cause?: unknown): UpstreamError {
  const detail = 'The upstream did not respond in time. Retry later, or raise advanced_json.timeout_ms.';
  return new UpstreamError('upstream_timeout', 'llm_providers.upstream_timeout', detail, null, cause);
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
  return new UpstreamError(
    'upstream_failed',
    'llm_providers.upstream_invalid_response',
    detail,
    status,
    cause,
  );
}

/** Redirects are not followed, because they would send the key to a host that the policy has not checked. */
export function upstreamRedirected(status: number): UpstreamError {
  const detail = `The upstream sent a redirect (HTTP ${status}). Set base_url to the final address.`;
  return new UpstreamError('invalid', 'llm_providers.upstream_request_failed', detail, status);
}

/** Translates a status of 400 or more. Quotes the upstream's message, redacted and shortened, if it sent JSON. */
export function upstreamRejected(status: number, body: Buffer, secrets: readonly string[]): UpstreamError {
  const message = findErrorMessage(body);
  const quote = message === null ? '.' : `: "${createQuote(message, secrets)}"`;
  if (status === 401 || status === 403) {
    const detail = `The upstream rejected the credentials (HTTP ${status})${quote}`;
    return new UpstreamError('invalid', 'llm_providers.upstream_auth_failed', detail, status);
  }
  if (status >= 500) {
    const detail = `The upstream failed (HTTP ${status})${quote}`;
    return new UpstreamError('upstream_failed', 'llm_providers.upstream_error', detail, status);
  }
  const detail = `The upstream rejected the request (HTTP ${status})${quote}`;
  return new UpstreamError('invalid', 'llm_providers.upstream_request_failed', detail, status);
}

/** Translates errors of undici, Node's sockets and zlib. Returns a `DomainError` unchanged. */
export function translateTransportFailure(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const code = readErrorCode(error);
  if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) return upstreamTimeout(error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return upstreamInvalidResponse('has too many headers', null, error);
  // A reset in the middle of a body. Without keep-alive, undici reports it as a wrong content length.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return upstreamUnreachable(error);
  if (/^(HTTPParserError|HPE_|UND_ERR_RES|Z_|ERR_BROTLI|ERR__ERROR|ERR_PADDING)/.test(code)) {
    return upstreamInvalidResponse('is not valid HTTP', null, error);
  }
  return upstreamUnreachable(error);
}

/**
 * Finds the message of an error body: `error.message` from OpenAI and Anthropic, `error`, `message` or `detail` from
 * others. Returns null if the body is not a JSON object or has no message.
 */
function findErrorMessage(body: Buffer): string | null {
  const parsed = parseResponseJson(body);
  if (!('json' in parsed) || !isJsonObject(parsed.json)) return null;
  const { error, message, detail } = parsed.json;
  const nested = isJsonObject(error) ? error.message : error;
  const found = [nested, message, detail].find((text) => typeof text === 'string' && text !== '');
  return (found as string | undefined) ?? null;
}

function createQuote(message: string, secrets: readonly string[]): string {
  const readable = redact(message.slice(0, MAX_REDACTED_LENGTH), secrets)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return readable.length > MAX_QUOTE_LENGTH ? `${readable.slice(0, MAX_QUOTE_LENGTH)}…` : readable;
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

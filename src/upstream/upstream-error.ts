import { DomainError, type ErrorKind } from '../common/domain-error';
import { redact } from './redaction';

/** A call to an upstream that failed. `upstreamStatus` is the HTTP status it answered with, where it did. */
export class UpstreamError extends DomainError {
  constructor(
    kind: ErrorKind,
    code: string,
    detail: string,
    readonly upstreamStatus: number | null = null,
    cause?: unknown,
  ) {
    super(kind, code, detail, { cause: namedCause(cause) });
  }
}

/** Refused, reset, not resolved, or not trusted. In `strict` mode also a denied name, so that the two look alike. */
export function upstreamUnreachable(cause?: unknown): UpstreamError {
  return new UpstreamError(
    'upstream_failed',
    'upstream_unreachable',
    'The upstream cannot be reached: its name does not resolve, it refuses or drops the connection, or its certificate is not valid.',
    null,
    cause,
  );
}

export function upstreamTimeout(cause?: unknown): UpstreamError {
  const detail = 'The upstream did not answer in time.';
  return new UpstreamError('upstream_timeout', 'llm_providers.upstream_timeout', detail, null, cause);
}

/** `problem` ends the sentence "The upstream's answer …". */
export function upstreamInvalidResponse(
  problem: string,
  status: number | null = null,
  cause?: unknown,
): UpstreamError {
  const detail = `The upstream's answer ${problem}.`;
  return new UpstreamError(
    'upstream_failed',
    'llm_providers.upstream_invalid_response',
    detail,
    status,
    cause,
  );
}

/** Redirects are never followed: they would carry the key to a host that nobody judged. */
export function upstreamRedirected(status: number): UpstreamError {
  const detail = `The upstream answered with a redirect (HTTP ${status}); set base_url to the final address.`;
  return new UpstreamError('invalid', 'llm_providers.upstream_request_failed', detail, status);
}

/** Translates an answer of 400 or more. The upstream's own words come redacted and short, if it sent JSON. */
export function upstreamRejected(status: number, body: Buffer, secrets: readonly string[]): UpstreamError {
  const message = errorMessageOf(body);
  const quoted = message === null ? '.' : `: "${snippet(message, secrets)}"`;
  if (status === 401 || status === 403) {
    const detail = `The upstream refused the credentials (HTTP ${status})${quoted}`;
    return new UpstreamError('invalid', 'llm_providers.upstream_auth_failed', detail, status);
  }
  if (status >= 500) {
    const detail = `The upstream failed (HTTP ${status})${quoted}`;
    return new UpstreamError('upstream_failed', 'llm_providers.upstream_error', detail, status);
  }
  const detail = `The upstream refused the request (HTTP ${status})${quoted}`;
  return new UpstreamError('invalid', 'llm_providers.upstream_request_failed', detail, status);
}

/** Translates what undici, Node's sockets or zlib threw. Errors of the domain pass as they are. */
export function translateTransportFailure(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const code = codeOf(error);
  if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) return upstreamTimeout(error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return upstreamInvalidResponse('has too many headers', null, error);
  // A reset in the middle of a body: undici takes it for the end where the connection is not kept.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return upstreamUnreachable(error);
  if (/^(HTTPParserError|HPE_|UND_ERR_RES|Z_|ERR_BROTLI|ERR__ERROR|ERR_PADDING)/.test(code)) {
    return upstreamInvalidResponse('is not valid HTTP', null, error);
  }
  return upstreamUnreachable(error);
}

/** OpenAI and Anthropic: `error.message`; others: `error`, `message` or `detail`. Null for anything but JSON. */
export function errorMessageOf(body: Buffer): string | null {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as Record<string, unknown> | null;
    const error = parsed?.error as Record<string, unknown> | string | null | undefined;
    const nested = typeof error === 'object' ? error?.message : error;
    const found = [nested, parsed?.message, parsed?.detail].find(
      (text) => typeof text === 'string' && text !== '',
    );
    return (found as string | undefined) ?? null;
  } catch {
    return null;
  }
}

const SNIPPET_LENGTH = 200;

function snippet(message: string, secrets: readonly string[]): string {
  // Redaction looks further than the cut, or half a secret at the cut would stay.
  const readable = redact(message.slice(0, 2000), secrets)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return readable.length > SNIPPET_LENGTH ? `${readable.slice(0, SNIPPET_LENGTH)}…` : readable;
}

/** The stable part of an error: its code, or the class where it has none. */
function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return [code, name].find((text): text is string => typeof text === 'string') ?? '';
}

/** The original may hold bytes of the answer (undici's parser error does): only its name and code are kept. */
function namedCause(error: unknown): Error | undefined {
  if (error === undefined || error === null) return undefined;
  return new Error(codeOf(error));
}

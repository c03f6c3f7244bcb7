import type { DomainError, ErrorKind, FieldError } from '../../common/domain-error';

const STATUS: Record<ErrorKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  invalid: 422,
  rate_limited: 429,
  upstream_failed: 502,
  unavailable: 503,
  upstream_timeout: 504,
  storage_full: 507,
};

const TITLES: Record<number, string> = {
  400: 'Malformed request',
  401: 'Unauthenticated',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  422: 'Invalid',
  429: 'Too many requests',
  431: 'Header fields too large',
  500: 'Internal error',
  502: 'Upstream failed',
  503: 'Unavailable',
  504: 'Upstream timed out',
  507: 'Storage full',
};

/** The body of every error response (RFC 9457), sent as `application/problem+json`. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  trace_id: string;
  errors?: FieldError[];
}

/** The request in which an error occurred. */
export interface ProblemContext {
  /** The request's path. The query is omitted, because it may contain a secret. */
  readonly instance: string;
  readonly traceId: string;
}

export function statusOf(kind: ErrorKind): number {
  return STATUS[kind];
}

export function problemOf(error: DomainError, context: ProblemContext): ProblemBody {
  const problem = httpProblem(statusOf(error.kind), error.code, error.detail, context);
  return { ...problem, ...(error.errors ? { errors: [...error.errors] } : {}), ...error.members };
}

/** Returns a problem of any status, including those that no `ErrorKind` has: 405, 406, 413, 415, 500. */
export function httpProblem(
  status: number,
  code: string,
  detail: string,
  { instance, traceId }: ProblemContext,
): ProblemBody {
  const type = `urn:caret:problem:${code}`;
  return { type, title: TITLES[status]!, status, detail, instance, code, trace_id: traceId };
}

/** The rejections of the HTTP server before it reaches a route, by status. */
const HTTP_PROBLEMS: Record<number, readonly [code: string, detail: string]> = {
  400: ['request.malformed', 'The request is not well-formed HTTP.'],
  404: ['route.not_found', 'There is no such route. /docs lists the routes.'],
  408: ['request.timeout', 'The request took too long to arrive. Send it again.'],
  413: ['body.too_large', 'The body is too large. Send at most 262144 bytes (256 KiB).'],
  415: ['body.unsupported_media_type', 'Send application/json in UTF-8, not compressed.'],
  431: ['request.headers_too_large', 'The header fields are too large. Send at most 16 KiB.'],
};

/** Returns the problem for a status that the HTTP server rejects with, or null. */
export function knownHttpProblem(status: number, context: ProblemContext): ProblemBody | null {
  const known = HTTP_PROBLEMS[status];
  return known ? httpProblem(status, ...known, context) : null;
}

import type { DomainError, ErrorKind, FieldError } from '../../common/domain-error';

/** The one map from what went wrong to an HTTP status and title. */
const STATUS: Record<ErrorKind, readonly [status: number, title: string]> = {
  malformed: [400, 'Malformed request'],
  unauthenticated: [401, 'Unauthenticated'],
  forbidden: [403, 'Forbidden'],
  not_found: [404, 'Not found'],
  conflict: [409, 'Conflict'],
  precondition_failed: [412, 'Precondition failed'],
  invalid: [422, 'Invalid'],
  rate_limited: [429, 'Too many requests'],
  upstream_failed: [502, 'Upstream failed'],
  unavailable: [503, 'Unavailable'],
  upstream_timeout: [504, 'Upstream timed out'],
  storage_full: [507, 'Storage full'],
};

/** The body of every error answer (RFC 9457), as `application/problem+json`. */
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

/** Where an error happened. */
export interface ProblemContext {
  /** The request's path, without its query, which may hold what must not be repeated. */
  readonly instance: string;
  readonly traceId: string;
}

export function statusOf(kind: ErrorKind): number {
  return STATUS[kind][0];
}

export function problemOf(error: DomainError, context: ProblemContext): ProblemBody {
  const [status, title] = STATUS[error.kind];
  const problem = httpProblem(status, title, error.code, error.detail, context);
  return { ...problem, ...(error.errors ? { errors: [...error.errors] } : {}), ...error.members };
}

/** Also for statuses that are HTTP's own affair and no domain's: 405, 406, 413, 415, 500. */
export function httpProblem(
  status: number,
  title: string,
  code: string,
  detail: string,
  { instance, traceId }: ProblemContext,
): ProblemBody {
  return { type: `urn:caret:problem:${code}`, title, status, detail, instance, code, trace_id: traceId };
}

/** What HTTP itself refuses before a route is reached, by status. */
const HTTP_PROBLEMS: Record<number, readonly [title: string, code: string, detail: string]> = {
  400: ['Malformed request', 'request.malformed', 'The request is not well-formed HTTP.'],
  404: ['Not found', 'route.not_found', 'There is no such route. /docs lists those that exist.'],
  408: ['Request timeout', 'request.timeout', 'The request took too long to arrive.'],
  413: ['Content too large', 'body.too_large', 'A body has at most 262144 bytes (256 KiB).'],
  415: [
    'Unsupported media type',
    'body.unsupported_media_type',
    'Send application/json in UTF-8, not compressed.',
  ],
  431: ['Header fields too large', 'request.headers_too_large', 'The header fields are too large.'],
};

/** The answer to what HTTP itself refuses; null for a status that it does not refuse with. */
export function knownHttpProblem(status: number, context: ProblemContext): ProblemBody | null {
  const known = HTTP_PROBLEMS[status];
  return known ? httpProblem(status, ...known, context) : null;
}

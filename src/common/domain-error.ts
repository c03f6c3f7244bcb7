/**
 * What went wrong, in the terms of the domain. The filter alone knows which HTTP status a kind has
 * (see `problem.ts`), so that services never speak HTTP.
 */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition_failed'
  | 'invalid'
  | 'rate_limited'
  | 'upstream_failed'
  | 'upstream_timeout'
  | 'unavailable'
  | 'storage_full';

/** One invalid field: an RFC 6901 pointer into the body, a stable code, and what would be right. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface DomainErrorOptions {
  readonly errors?: readonly FieldError[];
  /** Seconds after which the caller may try again (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  /** Scopes that the caller's token would need beside its own (`WWW-Authenticate`). */
  readonly missingScopes?: readonly string[];
  /** Further members of the answer (RFC 9457, section 3.2), for programs. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Logged, never answered. */
  readonly cause?: unknown;
}

/** The one error type that services throw: `code` is stable and documented, `detail` is for a person. */
export class DomainError extends Error {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly missingScopes?: readonly string[];
  readonly members?: Readonly<Record<string, unknown>>;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    readonly detail: string,
    options: DomainErrorOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'DomainError';
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.missingScopes = options.missingScopes;
    this.members = options.members;
  }
}

/** Whether what is needed does not answer now, or cannot take more: 503. */
export function isOutage(error: unknown): boolean {
  return error instanceof DomainError && error.kind === 'unavailable';
}

/** 422 for one field of the body. */
export function invalidField(pointer: string, code: string, detail: string): DomainError {
  return new DomainError('invalid', 'validation.failed', detail, { errors: [{ pointer, code, detail }] });
}

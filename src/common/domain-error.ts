import { truncate } from './truncate';

/** What went wrong, without HTTP: `problem.ts` maps each kind to a status. */
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

/** A rule that a value breaks: a stable code, and what to send instead. */
export interface RuleViolation {
  readonly code: string;
  readonly detail: string;
}

/** One invalid field. */
export interface FieldError extends RuleViolation {
  /** JSON pointer into the body (RFC 6901). A response truncates a long one. */
  readonly pointer: string;
}

export interface DomainErrorOptions {
  readonly errors?: readonly FieldError[];
  /** Seconds until the caller may retry (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  /** Scopes that the caller's token lacks (`WWW-Authenticate`). */
  readonly missingScopes?: readonly string[];
  /** Extension members of the problem, for programs (RFC 9457, section 3.2). */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Logged, never sent. */
  readonly cause?: unknown;
}

/** The error that services throw. `code` is stable and documented; `detail` is for people. */
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

/** Whether a dependency is down or overloaded: 503. */
export function isOutage(error: unknown): boolean {
  return error instanceof DomainError && error.kind === 'unavailable';
}

/** The limits for the field errors of one response. `bytes` is their size as JSON. */
const MAX_FIELD_ERRORS = { count: 100, bytes: 64 * 1024, pointerLength: 256 };

/** Creates a 422 for one field of the body. */
export function invalidField(pointer: string, code: string, detail: string): DomainError {
  return invalidFields([{ pointer, code, detail }]);
}

/** Creates a 422 for fields of the body. Reports the first of them, because a response must be shorter than a body. */
export function invalidFields(errors: readonly FieldError[]): DomainError {
  const reported = limitErrors(errors);
  const [first] = reported;
  const detail = first ? `${first.pointer}: ${first.detail}` : 'The body is not valid.';
  return new DomainError('invalid', 'validation.failed', detail, { errors: reported });
}

function limitErrors(errors: readonly FieldError[]): FieldError[] {
  const reported: FieldError[] = [];
  let bytes = 0;
  for (const error of errors.slice(0, MAX_FIELD_ERRORS.count)) {
    const limited = { ...error, pointer: truncatePointer(error.pointer) };
    bytes += Buffer.byteLength(JSON.stringify(limited));
    if (bytes > MAX_FIELD_ERRORS.bytes) return reported;
    reported.push(limited);
  }
  return reported;
}

/** Truncates a pointer, which contains names from the body, without splitting an escape (RFC 6901, section 3). */
function truncatePointer(pointer: string): string {
  const truncated = truncate(pointer, MAX_FIELD_ERRORS.pointerLength);
  return truncated === pointer ? pointer : truncated.replace(/~…$/, '…');
}

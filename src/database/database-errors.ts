import { QueryFailedError } from 'typeorm';
import { DomainError } from '../common/domain-error';

interface DriverError {
  code?: string;
  errno?: number;
  fatal?: boolean;
  message?: string;
}

/**
 * Errors after which the whole transaction may run again: deadlock (1213), lock wait timeout (1205), a row that changed
 * since the snapshot (1020, MariaDB), failed certification on a cluster (3101, 1180), a conflict on TiDB (9007).
 */
const RETRYABLE_ERRNO = new Set([1213, 1205, 1020, 3101, 1180, 9007]);

/** Errors of an unusable connection or server: unreachable, read-only, or a cluster node without quorum. */
const UNAVAILABLE_ERRNO = new Set([
  1040, 1047, 1053, 1158, 1159, 1160, 1161, 1203, 1226, 1290, 1317, 1792, 1836, 1927, 1969, 2006, 2013, 3024,
  4031,
]);
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_ENQUEUE_AFTER_DESTROY',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'POOL_CLOSED',
]);

/**
 * Errors of a value that its column or a function cannot take: too long (1406), out of range (1264, 1690), truncated or
 * of another type (1265, 1292, 1366, 3140), or excluded by a constraint (3819 on MySQL, 4025 on MariaDB).
 */
const VALUE_ERRNO = new Set([1264, 1265, 1292, 1366, 1406, 1690, 3140, 3819, 4025]);
const VALUE_CODES = new Set(['SQLITE_CONSTRAINT_CHECK', 'SQLITE_MISMATCH']);

/**
 * Errors of a statement, row or transaction beyond a limit of the server: max_allowed_packet (1153, 1162, 1301), the
 * size of a row (1118) or of a transaction in the binary log (1197).
 */
const TOO_LARGE_ERRNO = new Set([1118, 1153, 1162, 1197, 1301]);
const TOO_LARGE_CODES = new Set(['SQLITE_TOOBIG']);

/** Errors of a server without memory for a statement: in general (1037, 1041), to sort (1038) or for locks (1206). */
const EXHAUSTED_ERRNO = new Set([1037, 1038, 1041, 1206]);

function driverError(error: unknown): DriverError {
  if (error instanceof QueryFailedError) return error.driverError as DriverError;
  return typeof error === 'object' && error !== null ? error : {};
}

function isIn(error: unknown, numbers: ReadonlySet<number>, codes: ReadonlySet<string> = new Set()): boolean {
  const { code, errno } = driverError(error);
  return (errno !== undefined && numbers.has(errno)) || (code !== undefined && codes.has(code));
}

export function isUniqueViolation(error: unknown): boolean {
  const { code, errno } = driverError(error);
  return errno === 1062 || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

export function isForeignKeyViolation(error: unknown): boolean {
  const { code, errno } = driverError(error);
  return errno === 1452 || errno === 1451 || code === 'SQLITE_CONSTRAINT_FOREIGNKEY';
}

export function isRetryable(error: unknown): boolean {
  const { code, errno } = driverError(error);
  return (errno !== undefined && RETRYABLE_ERRNO.has(errno)) || code === 'SQLITE_BUSY';
}

/** Whether a statement failed because of its values, so that it fails again with the same ones. */
export function isRejectedValue(error: unknown): boolean {
  if (error instanceof DomainError) return error.kind === 'invalid' || error.code === 'storage.too_large';
  return (
    isIn(error, VALUE_ERRNO, VALUE_CODES) || isIn(error, TOO_LARGE_ERRNO, TOO_LARGE_CODES) || isNull(error)
  );
}

/** Whether a column without NULL got one (1048, 1364). */
function isNull(error: unknown): boolean {
  const { code, errno } = driverError(error);
  return errno === 1048 || errno === 1364 || code === 'SQLITE_CONSTRAINT_NOTNULL';
}

export function isLockTimeout(error: unknown): boolean {
  return driverError(error).errno === 1205;
}

export function isUnavailable(error: unknown): boolean {
  const { code, errno, fatal } = driverError(error);
  if (errno !== undefined && UNAVAILABLE_ERRNO.has(errno)) return true;
  // mysql2 sets no code if the connection is closed already.
  return code === undefined ? fatal === true : UNAVAILABLE_CODES.has(code);
}

/** Whether the error comes from the server, whose codes begin at 1000. Then the server is reachable. */
export function isServerError(error: unknown): boolean {
  return (driverError(error).errno ?? 0) >= 1000;
}

/**
 * Creates a 503: the database is unreachable or does not respond. If the response to a COMMIT was lost, the write may
 * have succeeded. A retry with the same Idempotency-Key shows the result.
 */
export function databaseUnavailable(cause?: unknown): DomainError {
  const detail =
    'The database is unavailable. Retry after the seconds in Retry-After, a creation with the same Idempotency-Key.';
  return new DomainError('unavailable', 'database_unavailable', detail, { retryAfterSeconds: 1, cause });
}

/** Creates a 503: the database responds, but too many requests wait for it. */
export function databaseBusy(cause?: unknown): DomainError {
  const detail = 'Too many requests wait for the database. Retry after the seconds in Retry-After.';
  return new DomainError('unavailable', 'database_busy', detail, { retryAfterSeconds: 1, cause });
}

function valueRejected(cause: unknown): DomainError {
  const detail = 'The database cannot store a value of this request. Send a shorter or smaller value.';
  return new DomainError('invalid', 'storage.value_rejected', detail, { cause });
}

function statementTooLarge(cause: unknown): DomainError {
  const detail =
    'The request is larger than the database accepts. Send less at a time, or raise max_allowed_packet of the server.';
  return new DomainError('storage_full', 'storage.too_large', detail, { cause });
}

/** Returns the error that a client gets for a failed statement. Returns other errors unchanged, for repositories. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (isUnavailable(error)) return databaseUnavailable(error);
  const { code, errno } = driverError(error);
  if (code === 'SQLITE_FULL' || errno === 1021 || errno === 1114) {
    return new DomainError(
      'storage_full',
      'storage_full',
      'The disk of the database is full. Nothing was written. Ask the operator to free disk space.',
      { cause: error },
    );
  }
  if (isIn(error, VALUE_ERRNO, VALUE_CODES)) return valueRejected(error);
  if (isIn(error, TOO_LARGE_ERRNO, TOO_LARGE_CODES)) return statementTooLarge(error);
  if (isIn(error, EXHAUSTED_ERRNO)) return databaseBusy(error);
  if (code === 'SQLITE_IOERR' || code === 'SQLITE_READONLY') return databaseUnavailable(error);
  return error;
}

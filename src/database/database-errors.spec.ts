import { QueryFailedError } from 'typeorm';
import { DomainError } from '../common/domain-error';
import {
  databaseUnavailable,
  isForeignKeyViolation,
  isRetryable,
  isUnavailable,
  isUniqueViolation,
  translateDatabaseError,
} from './database-errors';

/** Returns the error as a driver throws it, and as TypeORM wraps it. */
function both(fields: { errno?: number; code?: string }): unknown[] {
  const driverError = Object.assign(new Error('failed'), fields);
  return [driverError, new QueryFailedError('INSERT …', ['sk-secret'], driverError)];
}

const kindsOf = (error: unknown) => ({
  unique: isUniqueViolation(error),
  foreignKey: isForeignKeyViolation(error),
  retryable: isRetryable(error),
  unavailable: isUnavailable(error),
});
const NONE = { unique: false, foreignKey: false, retryable: false, unavailable: false };

describe('a database error', () => {
  it.each([
    [{ errno: 1062 }, 'unique'],
    [{ code: 'SQLITE_CONSTRAINT_UNIQUE' }, 'unique'],
    [{ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }, 'unique'],
    [{ errno: 1452 }, 'foreignKey'],
    [{ errno: 1451 }, 'foreignKey'],
    [{ code: 'SQLITE_CONSTRAINT_FOREIGNKEY' }, 'foreignKey'],
    [{ errno: 1213 }, 'retryable'],
    [{ errno: 1205 }, 'retryable'],
    [{ errno: 3101 }, 'retryable'],
    [{ errno: 1180 }, 'retryable'],
    [{ errno: 9007 }, 'retryable'],
    [{ code: 'SQLITE_BUSY' }, 'retryable'],
    [{ errno: 1047 }, 'unavailable'],
    [{ errno: 1290 }, 'unavailable'],
    [{ errno: 2013 }, 'unavailable'],
    [{ code: 'ECONNREFUSED', errno: -111 }, 'unavailable'],
    [{ code: 'ECONNRESET', errno: -104 }, 'unavailable'],
    [{ code: 'ETIMEDOUT' }, 'unavailable'],
    [{ code: 'PROTOCOL_CONNECTION_LOST' }, 'unavailable'],
    [{ code: 'PROTOCOL_SEQUENCE_TIMEOUT' }, 'unavailable'],
  ])('with %j has only the kind %s', (fields, kind) => {
    for (const error of both(fields)) expect(kindsOf(error)).toEqual({ ...NONE, [kind]: true });
  });

  it.each([
    { errno: 1064 },
    { errno: 1045 },
    { code: 'SQLITE_ERROR' },
    { code: 'SQLITE_CONSTRAINT_NOTNULL' },
    {},
  ])('with %j has none of these kinds', (fields) => {
    for (const error of both(fields)) expect(kindsOf(error)).toEqual(NONE);
  });

  it.each([undefined, null, 'ECONNRESET', 1213])('has none of these kinds if %j was thrown', (thrown) => {
    expect(kindsOf(thrown)).toEqual(NONE);
  });
});

describe('translateDatabaseError', () => {
  it.each([
    [{ code: 'ECONNRESET' }, 'unavailable', 'database_unavailable'],
    [{ errno: 1047 }, 'unavailable', 'database_unavailable'],
    [{ code: 'SQLITE_IOERR' }, 'unavailable', 'database_unavailable'],
    [{ code: 'SQLITE_READONLY' }, 'unavailable', 'database_unavailable'],
    [{ code: 'SQLITE_FULL' }, 'storage_full', 'storage_full'],
    [{ errno: 1021 }, 'storage_full', 'storage_full'],
    [{ errno: 1114 }, 'storage_full', 'storage_full'],
    [{ errno: 1264 }, 'invalid', 'storage.value_rejected'],
    [{ errno: 1265 }, 'invalid', 'storage.value_rejected'],
    [{ errno: 1292 }, 'invalid', 'storage.value_rejected'],
    [{ errno: 1366 }, 'invalid', 'storage.value_rejected'],
    [{ errno: 1406 }, 'invalid', 'storage.value_rejected'],
    [{ errno: 1690 }, 'invalid', 'storage.value_rejected'],
    [{ errno: 3140 }, 'invalid', 'storage.value_rejected'],
    [{ errno: 3819 }, 'invalid', 'storage.value_rejected'],
    [{ errno: 4025 }, 'invalid', 'storage.value_rejected'],
    [{ code: 'SQLITE_CONSTRAINT_CHECK' }, 'invalid', 'storage.value_rejected'],
    [{ code: 'SQLITE_MISMATCH' }, 'invalid', 'storage.value_rejected'],
    [{ errno: 1118 }, 'storage_full', 'storage.too_large'],
    [{ errno: 1153 }, 'storage_full', 'storage.too_large'],
    [{ errno: 1162 }, 'storage_full', 'storage.too_large'],
    [{ errno: 1197 }, 'storage_full', 'storage.too_large'],
    [{ errno: 1301 }, 'storage_full', 'storage.too_large'],
    [{ code: 'SQLITE_TOOBIG' }, 'storage_full', 'storage.too_large'],
    [{ errno: 1037 }, 'unavailable', 'database_busy'],
    [{ errno: 1038 }, 'unavailable', 'database_busy'],
    [{ errno: 1041 }, 'unavailable', 'database_busy'],
    [{ errno: 1206 }, 'unavailable', 'database_busy'],
  ])('translates %j to %s', (fields, kind, code) => {
    for (const error of both(fields)) {
      const translated = translateDatabaseError(error);
      expect(translated).toBeInstanceOf(DomainError);
      expect(translated).toMatchObject({ kind, code, cause: error });
      expect((translated as DomainError).detail).not.toContain('sk-secret');
    }
  });

  it('returns an error unchanged that a repository or the unit of work handles', () => {
    for (const fields of [{ errno: 1062 }, { errno: 1213 }, { code: 'SQLITE_BUSY' }, { errno: 1064 }]) {
      for (const error of both(fields)) expect(translateDatabaseError(error)).toBe(error);
    }
  });

  it('returns a domain error unchanged', () => {
    const error = databaseUnavailable();
    expect(translateDatabaseError(error)).toBe(error);
    expect(error.retryAfterSeconds).toBe(1);
  });
});

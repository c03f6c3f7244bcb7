import { describeError } from './common/logger';

/** MySQL's codes for what an operator can mend. */
const CAUSES: Record<string, string> = {
  ER_ACCESS_DENIED_ERROR: 'The database refuses the user or the password of DATABASE_URL.',
  ER_DBACCESS_DENIED_ERROR: 'The user of DATABASE_URL may not use that database.',
  ER_BAD_DB_ERROR: 'The database that DATABASE_URL names does not exist.',
  EADDRINUSE: 'Another process listens on HOST and PORT.',
  EACCES: 'DATA_DIR cannot be written.',
};

/** Why the start failed, in words that hold no secret. */
export function startFailure(error: unknown): string {
  const { code, ...rest } = describeError(error);
  return CAUSES[String(code)] ?? JSON.stringify({ code, ...rest });
}

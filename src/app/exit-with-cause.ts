import { DomainError } from '../common/domain-error';
import { ConfigError } from '../config/config';
import { KeyRingError } from '../crypto/crypto.errors';
import { DatabaseInUseError } from '../database/process-lock';
import { describeError } from '../observability/describe-error';

/** What an operator can mend, by the driver's or the system's code. */
const CAUSES: Record<string, string> = {
  ER_ACCESS_DENIED_ERROR: 'The database refuses the user or the password of DATABASE_URL.',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'The database refuses the user of DATABASE_URL without a password.',
  ER_DBACCESS_DENIED_ERROR: 'The user of DATABASE_URL may not use that database.',
  ER_BAD_DB_ERROR: 'The database that DATABASE_URL names does not exist.',
  EADDRINUSE: 'Another process listens on HOST and PORT.',
  ERR_SQLITE_ERROR: 'DATABASE_URL names a file that cannot be opened as a database.',
  HANDSHAKE_NO_SSL_SUPPORT: 'DATABASE_TLS is set, but the database server offers no TLS.',
  HANDSHAKE_SSL_ERROR: 'The certificate of the database server is not trusted (DATABASE_TLS).',
  EADDRNOTAVAIL: 'HOST is not an address of this machine.',
  ENOTFOUND: 'A host name of HOST or DATABASE_URL does not resolve.',
  EACCES: 'DATA_DIR cannot be written.',
  EROFS: 'DATA_DIR cannot be written.',
};

/** Ends the process with the cause on one line, by allow-list: a driver's own message may hold a password. */
export function exitWithCause(summary: string, error: unknown): never {
  process.stderr.write(`${summary} ${causeOf(error)}\n`);
  process.exit(1);
}

/**
 * For what nobody caught, a rejected promise as well. Node would end the process too, but print the error whole: its
 * message, the parameters of its statement, the bytes it could not read.
 */
export function exitOnUncaughtError(summary: string): void {
  process.on('uncaughtException', (error) => exitWithCause(summary, error));
}

function causeOf(error: unknown): string {
  if (error instanceof DomainError) return error.detail;
  const own = [ConfigError, KeyRingError, DatabaseInUseError].some((type) => error instanceof type);
  if (own) return (error as Error).message;
  const description = describeError(error);
  const { code, syscall } = description;
  if (code === 'EACCES' && syscall === 'listen') return 'PORT needs privileges that this process has not.';
  return CAUSES[String(code)] ?? JSON.stringify(description);
}

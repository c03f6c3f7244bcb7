import { DomainError } from '../common/domain-error';
import { StartupError } from '../common/startup-error';
import { describeError } from '../observability/describe-error';

/** Problems that an operator can fix, by the driver's code. */
const CAUSES: ReadonlyMap<string, string> = new Map([
  ['ER_ACCESS_DENIED_ERROR', 'DATABASE_URL: the server rejects the user or the password.'],
  ['ER_ACCESS_DENIED_NO_PASSWORD_ERROR', 'DATABASE_URL: the server rejects the user without a password.'],
  ['ER_DBACCESS_DENIED_ERROR', 'DATABASE_URL: the user has no access to that database.'],
  [
    'ER_TABLEACCESS_DENIED_ERROR',
    'DATABASE_URL: the user must have the right to create, change and read tables.',
  ],
  ['ER_BAD_DB_ERROR', 'DATABASE_URL: the database does not exist.'],
  ['HANDSHAKE_NO_SSL_SUPPORT', 'DATABASE_TLS: the database server offers no TLS.'],
  ['HANDSHAKE_SSL_ERROR', "DATABASE_TLS: the database server's certificate is not trusted."],
]);

/**
 * Ends the process with the cause on standard error. A driver's own message may contain a password, so an unknown error
 * shows only its name, codes and places, and the places only if `verbose`.
 */
export function exitWithCause(summary: string, error: unknown, verbose = false): never {
  process.stderr.write(`${summary} ${causeOf(error, verbose)}\n`);
  process.exit(1);
}

/**
 * Ends the process on an uncaught error or rejection. Node would end it too, but would print the whole error: its
 * message, the parameters of its statement, and bytes it could not parse.
 */
export function exitOnUncaughtError(summary: string): void {
  process.on('uncaughtException', (error) => exitWithCause(summary, error, true));
}

function causeOf(error: unknown, verbose: boolean): string {
  if (error instanceof DomainError) return error.detail;
  if (error instanceof StartupError) return error.message;
  const description = describeError(error);
  const cause = CAUSES.get(String(description['code']));
  if (cause) return cause;
  if (verbose) return JSON.stringify(description);
  const name = [description['name'], description['code']].filter(Boolean).join(' ');
  return `Unexpected error${name && `: ${name}`}. Set LOG_LEVEL=debug to see where it occurs.`;
}

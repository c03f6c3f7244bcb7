import { basename, dirname, join } from 'node:path';

/** Returns the file of the ledger beside an embedded database: `usage.db` beside `caret.db`, `x-usage.db` beside `x.db`. */
export function usageFileOf(databaseFile: string): string {
  const name = basename(databaseFile).replace(/\.db$/, '');
  return join(dirname(databaseFile), name === 'caret' ? 'usage.db' : `${name}-usage.db`);
}

/** Returns the file of the ledger beside the backup of a database. */
export function backupUsageFileOf(backup: string): string {
  return `${backup}.usage`;
}

import { dirname } from 'node:path';
import { StartupError } from '../common/startup-error';
import type { DatabaseConfig } from '../config/database-config';
import { createDirectory } from '../config/storage-check';
import { SqliteDatabase } from './sqlite-driver';

/**
 * Locks an embedded database against other processes and returns the release. Creates the folder. The lock is SQLite's
 * exclusive lock on a file beside the database, so the database stays readable for backups. The operating system drops
 * it when the process ends. Throws StartupError if another process has the lock or the file cannot be written.
 */
export function lockDatabaseFile({ file, variable }: DatabaseConfig & { kind: 'sqlite' }): () => void {
  let lock: SqliteDatabase | undefined;
  try {
    createDirectory(dirname(file));
    lock = new SqliteDatabase(`${file}.lock`, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    const { code } = error as NodeJS.ErrnoException;
    throw new StartupError(
      code === 'SQLITE_BUSY'
        ? `${file} is in use by another Caret process. Stop it first, or use MySQL or MariaDB (DATABASE_URL) to run several.`
        : `${variable}: the folder of the database cannot be created or written (${code}).`,
    );
  }
  const held = lock;
  let isHeld = true;
  return () => {
    if (isHeld) held.close();
    isHeld = false;
  };
}

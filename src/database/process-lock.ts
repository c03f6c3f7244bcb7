import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { SqliteDatabase } from './sqlite-driver';

/** Another process has this database file. */
export class DatabaseInUseError extends Error {
  constructor(file: string) {
    super(
      `${file} is in use by another Caret process. Stop it first, or use MySQL or MariaDB (DATABASE_URL) to run several.`,
    );
    this.name = 'DatabaseInUseError';
  }
}

/**
 * Keeps a second process away from an embedded database. The lock is SQLite's own exclusive lock on a file beside
 * it: the operating system drops it however the process ends, and the database itself stays readable for backups.
 */
export function lockDatabaseFile(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lock = new SqliteDatabase(`${file}.lock`, { timeout: 0 });
  try {
    lock.prepare('BEGIN EXCLUSIVE').run();
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') throw new DatabaseInUseError(file);
    throw error;
  }
  let held = true;
  return () => {
    if (held) lock.close();
    held = false;
  };
}

import { SqliteDatabase } from './sqlite-driver';

/** A stored canary of one encryption key. */
export interface StoredCanary {
  readonly keyId: string;
  readonly sealed: string;
}

/**
 * Copies an embedded database to a new file while it is in use. The copy contains every write that was committed before
 * the call, and is consistent under concurrent writes. Throws SQLite's error.
 */
export function copyDatabase(file: string, target: string): void {
  withDatabase(file, (database) => database.exec(`VACUUM INTO '${target.replaceAll("'", "''")}'`));
}

/**
 * Returns why this version of Caret cannot use a database file, or null. `migrations` are the known ones. Takes the file
 * out of WAL mode, so that no other file is left beside it.
 */
export function findFileProblem(file: string, migrations: readonly string[]): string | null {
  try {
    return withDatabase(file, (database) => {
      database.exec('PRAGMA journal_mode = DELETE');
      const applied = database
        .prepare('SELECT name FROM migrations')
        .all()
        .map(({ name }) => String(name));
      if (!applied.includes(migrations[0]!)) return 'is not a Caret database';
      if (applied.some((name) => !migrations.includes(name))) {
        return 'was written by a newer version of Caret. Use that version';
      }
      const [result] = database.pragma('integrity_check');
      const orphans = database.pragma('foreign_key_check');
      return result?.['integrity_check'] === 'ok' && orphans.length === 0 ? null : 'is damaged';
    });
  } catch {
    return 'is not a Caret database, or is damaged';
  }
}

/**
 * Returns why this version of Caret cannot use the copy of a ledger, or null. `newest` is the last known `user_version`.
 * Takes the file out of WAL mode.
 */
export function findLedgerProblem(file: string, newest: number): string | null {
  try {
    return withDatabase(file, (database) => {
      database.exec('PRAGMA journal_mode = DELETE');
      const version = Number(database.pragma('user_version')[0]?.['user_version']);
      if (version > newest) return 'was written by a newer version of Caret. Use that version';
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'usage_events'").all();
      if (version === 0 || tables.length === 0) return 'is not a ledger of Caret';
      return database.pragma('integrity_check')[0]?.['integrity_check'] === 'ok' ? null : 'is damaged';
    });
  } catch {
    return 'is not a ledger of Caret, or is damaged';
  }
}

export function readCanaries(file: string): StoredCanary[] {
  return withDatabase(file, (database) =>
    database
      .prepare('SELECT key_id, sealed FROM key_canaries')
      .all()
      .map((row) => ({ keyId: String(row['key_id']), sealed: String(row['sealed']) })),
  );
}

function withDatabase<T>(file: string, work: (database: SqliteDatabase) => T): T {
  const database = new SqliteDatabase(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

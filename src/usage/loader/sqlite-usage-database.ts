import { SqliteDatabase } from '../../database/sqlite-driver';
import { migrateUsageFile } from './sqlite-schema';
import type { Parameter, Query, ResultRow, UsageDatabase } from './usage-database';

type Statement = ReturnType<SqliteDatabase['prepare']>;

/** Every statement of the ledger in every length of its lists. */
const MAX_STATEMENTS = 200;

/** The ledger beside an embedded database. Its calls block their thread, so only a worker uses it. */
export class SqliteUsageDatabase implements UsageDatabase {
  readonly dialect = 'sqlite';
  private readonly database: SqliteDatabase;
  private readonly statements = new Map<string, Statement>();

  /** Opens the file and creates its tables. Throws SQLite's error, or one for a file of a newer version. */
  constructor(file: string) {
    this.database = new SqliteDatabase(file);
    try {
      this.database.pragma('journal_mode = WAL');
      // A power cut may undo the last commits. The journal has their rows until `makeDurable`.
      this.database.pragma('synchronous = NORMAL');
      migrateUsageFile(this.database);
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  readonly query: Query = (sql, parameters = []) =>
    new Promise((resolve) => {
      resolve(this.run(sql, parameters));
    });

  async transaction(work: (query: Query) => Promise<void>): Promise<void> {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      await work(this.query);
      this.database.exec('COMMIT');
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** A checkpoint syncs the log before it copies pages. */
  makeDurable(): Promise<void> {
    this.database.pragma('wal_checkpoint(PASSIVE)');
    return Promise.resolve();
  }

  /** Leaves an empty log, so that the file alone is the whole ledger. */
  close(): Promise<void> {
    this.statements.clear();
    this.database.pragma('wal_checkpoint(TRUNCATE)');
    this.database.close();
    return Promise.resolve();
  }

  private run(sql: string, parameters: readonly Parameter[]): ResultRow[] {
    const statement = this.prepare(sql);
    if (statement.reader) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  }

  private prepare(sql: string): Statement {
    const known = this.statements.get(sql);
    if (known) return known;
    if (this.statements.size >= MAX_STATEMENTS) this.statements.clear();
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

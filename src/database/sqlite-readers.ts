import { databaseBusy } from './database-errors';
import { SqliteDatabase } from './sqlite-driver';

/** Read transactions that may run concurrently. Each keeps the write-ahead log from shrinking. */
const MAX_TRANSACTIONS = 4;

/** Read transactions that may wait. More are rejected with 503. */
const MAX_WAITING = 500;

/** A read-only connection and its prepared statements. */
export interface SqliteReader {
  readonly connection: SqliteDatabase;
  readonly statements: Map<string, unknown>;
}

/**
 * Read-only connections to an embedded database. A reader sees the last commit and waits for no writer (SQLite,
 * "Write-Ahead Logging"), so a long write, such as an import, does not delay the reads of other requests.
 */
export class SqliteReaders {
  private shared: SqliteReader | null = null;
  private readonly idle: SqliteReader[] = [];
  private readonly all: SqliteReader[] = [];
  private readonly waiting: ((reader: SqliteReader) => void)[] = [];

  constructor(private readonly file: string) {}

  /** The reader of single statements. A statement runs synchronously, so all requests share one connection. */
  get forStatements(): SqliteReader {
    return (this.shared ??= this.open());
  }

  /** Returns a reader for one transaction. Throws 503 when too many transactions wait for one. */
  async acquire(): Promise<SqliteReader> {
    const reader = this.idle.pop();
    if (reader) return reader;
    if (this.all.length < MAX_TRANSACTIONS) {
      const opened = this.open();
      this.all.push(opened);
      return opened;
    }
    if (this.waiting.length >= MAX_WAITING) throw databaseBusy();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  release(reader: SqliteReader): void {
    const next = this.waiting.shift();
    if (next) next(reader);
    else this.idle.push(reader);
  }

  close(): void {
    for (const { connection } of [...this.all, ...(this.shared ? [this.shared] : [])]) connection.close();
    this.shared = null;
    this.all.length = 0;
    this.idle.length = 0;
  }

  private open(): SqliteReader {
    return { connection: new SqliteDatabase(this.file, { readonly: true }), statements: new Map() };
  }
}

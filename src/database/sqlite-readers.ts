import { FairQueue } from '../common/fair-queue';
import { enterQueue } from './connection-shares';
import { SqliteDatabase } from './sqlite-driver';

/** Read transactions that may run concurrently. Each keeps the write-ahead log from shrinking. */
const MAX_TRANSACTIONS = 4;

/** Concurrent read transactions of one account. */
const MAX_OF_ACCOUNT = 2;

/** Read transactions of one account, or of the process, that may wait. More are rejected with 503. */
const MAX_WAITING = 500;

/** A read-only connection and its prepared statements. */
export interface SqliteReader {
  readonly connection: SqliteDatabase;
  readonly statements: Map<string, unknown>;
}

/** A reader for one transaction, and the function that releases it. */
export interface AcquiredReader {
  readonly reader: SqliteReader;
  readonly release: () => void;
}

/**
 * Read-only connections to an embedded database. A reader sees the last commit and waits for no writer (SQLite,
 * "Write-Ahead Logging"), so a long write, such as an import, does not delay the reads of other requests.
 */
export class SqliteReaders {
  private shared: SqliteReader | null = null;
  private readonly idle: SqliteReader[] = [];
  private readonly all: SqliteReader[] = [];
  private readonly transactions = new FairQueue(MAX_TRANSACTIONS, MAX_WAITING);

  constructor(private readonly file: string) {}

  /** The reader of single statements. A statement runs synchronously, so all requests share one connection. */
  get forStatements(): SqliteReader {
    return (this.shared ??= this.open());
  }

  /** Waits for a reader for a transaction of an account, or of the process. Throws 503 when too many of its wait. */
  async acquire(accountId: string | undefined): Promise<AcquiredReader> {
    const [owner, maxTaken] = accountId === undefined ? ['', MAX_TRANSACTIONS] : [accountId, MAX_OF_ACCOUNT];
    const turn = enterQueue(this.transactions, owner, maxTaken);
    await turn.started;
    try {
      const reader = this.idle.pop() ?? this.openForTransactions();
      const release = (): void => {
        this.idle.push(reader);
        turn.leave();
      };
      return { reader, release };
    } catch (error) {
      turn.leave();
      throw error;
    }
  }

  close(): void {
    for (const { connection } of [...this.all, ...(this.shared ? [this.shared] : [])]) connection.close();
    this.shared = null;
    this.all.length = 0;
    this.idle.length = 0;
  }

  private openForTransactions(): SqliteReader {
    const opened = this.open();
    this.all.push(opened);
    return opened;
  }

  private open(): SqliteReader {
    return { connection: new SqliteDatabase(this.file, { readonly: true }), statements: new Map() };
  }
}

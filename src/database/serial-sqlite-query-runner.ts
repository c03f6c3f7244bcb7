import type { DataSource, QueryRunner } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { FairQueue } from '../common/fair-queue';
import { yieldIfLong } from '../common/yield-if-long';
import { accountOf, enterQueue } from './connection-shares';
import { translateDatabaseError } from './database-errors';
import { SqliteReadRunner } from './sqlite-read-runner';
import { SqliteReaders } from './sqlite-readers';

/** Statements and transactions of one account, or of the process, that may wait. More are rejected with 503. */
const MAX_WAITING = 2000;

/**
 * Gives each transaction a runner of its own and exclusive use of the one connection that writes. Accounts that wait for it
 * take turns. Single writes queue between transactions. Single reads use a connection of their own and wait for no
 * transaction. TypeORM shares one runner on SQLite, which turns concurrent transactions into savepoints: a rollback of the
 * first would undo the "committed" second.
 */
class SerialSqliteQueryRunner extends BetterSqlite3QueryRunner {
  private releaseTurn: (() => void) | undefined;

  constructor(
    driver: BetterSqlite3Driver,
    private readonly writers: FairQueue,
    private readonly reads: SqliteReadRunner,
  ) {
    super(driver);
  }

  override async startTransaction(
    ...isolation: Parameters<BetterSqlite3QueryRunner['startTransaction']>
  ): Promise<void> {
    this.releaseTurn ??= await this.waitForTurn();
    try {
      await super.startTransaction(...isolation);
    } finally {
      this.endTurn();
    }
  }

  override async commitTransaction(): Promise<void> {
    try {
      await super.commitTransaction();
    } finally {
      this.endTurn();
    }
  }

  override async rollbackTransaction(): Promise<void> {
    const outermost = this.transactionDepth <= 1;
    try {
      await super.rollbackTransaction();
    } finally {
      // After some errors, such as a full disk, SQLite has rolled back itself and ROLLBACK fails. The turn must still end.
      if (outermost) {
        this.isTransactionActive = false;
        this.transactionDepth = 0;
      }
      this.endTurn();
    }
  }

  override async query(
    ...[sql, parameters, structured]: Parameters<BetterSqlite3QueryRunner['query']>
  ): Promise<unknown> {
    if (!this.releaseTurn && /^SELECT\b/i.test(sql)) return this.reads.query(sql, parameters, structured);
    // A statement runs synchronously, so a transaction of many would keep the event loop.
    if (this.releaseTurn) await yieldIfLong();
    // A deferred transaction takes the write lock at its first write, and could fail there.
    const statement = sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql;
    const release = this.releaseTurn ? undefined : await this.waitForTurn();
    try {
      return await super.query(statement, parameters, structured);
    } catch (error) {
      throw translateDatabaseError(error);
    } finally {
      release?.();
    }
  }

  private async waitForTurn(): Promise<() => void> {
    const { started, leave } = enterQueue(this.writers, accountOf(this) ?? '', 1);
    await started;
    return leave;
  }

  private endTurn(): void {
    if (this.isTransactionActive) return;
    this.releaseTurn?.();
    this.releaseTurn = undefined;
  }
}

/** Makes this data source create runners that queue for its one connection, and runners of mode `slave` for reads. */
export function serialiseSqlite(dataSource: DataSource): void {
  const writers = new FairQueue(1, MAX_WAITING);
  const statements = new Map<string, unknown>();
  const driver = dataSource.driver as BetterSqlite3Driver;
  const readers = new SqliteReaders(driver.options.database);
  const reads = new SqliteReadRunner(driver, readers);
  driver.createQueryRunner = (mode) => {
    if (mode === 'slave') return new SqliteReadRunner(driver, readers) as QueryRunner;
    const runner = new SerialSqliteQueryRunner(driver, writers, reads);
    // Prepared statements belong to the connection, so all runners share their cache.
    Object.assign(runner, { stmtCache: statements });
    return runner as QueryRunner;
  };
  const disconnect = driver.disconnect.bind(driver);
  driver.disconnect = async () => {
    readers.close();
    await disconnect();
  };
}

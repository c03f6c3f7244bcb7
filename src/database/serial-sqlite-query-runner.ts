import type { DataSource, QueryRunner } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { databaseBusy, translateDatabaseError } from './database-errors';
import { Mutex } from './mutex';

/** Statements and transactions that may wait for the connection at once; more are turned away with 503. */
const MAX_WAITING = 2000;

/**
 * TypeORM hands one shared query runner to everybody on SQLite: two concurrent transactions become one with
 * savepoints, and the rollback of the first undoes the "committed" second. Here each transaction has a runner
 * of its own and the one connection to itself; single statements queue between transactions.
 */
class SerialSqliteQueryRunner extends BetterSqlite3QueryRunner {
  private releaseTurn: (() => void) | undefined;

  constructor(
    driver: BetterSqlite3Driver,
    private readonly mutex: Mutex,
  ) {
    super(driver);
  }

  override async startTransaction(
    ...isolation: Parameters<BetterSqlite3QueryRunner['startTransaction']>
  ): Promise<void> {
    this.releaseTurn ??= await this.turn();
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
      // SQLite has rolled back by itself after some errors (a full disk): then ROLLBACK fails, and the turn must still end.
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
    // A deferred transaction takes the write lock at its first write and may then find it taken.
    const statement = sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql;
    const release = this.releaseTurn ? undefined : await this.turn();
    try {
      return await super.query(statement, parameters, structured);
    } catch (error) {
      throw translateDatabaseError(error);
    } finally {
      release?.();
    }
  }

  private turn(): Promise<() => void> {
    if (this.mutex.length >= MAX_WAITING) throw databaseBusy();
    return this.mutex.acquire();
  }

  private endTurn(): void {
    if (this.isTransactionActive) return;
    this.releaseTurn?.();
    this.releaseTurn = undefined;
  }
}

/** Makes every query runner of this data source queue for the one connection. */
export function serialiseSqlite(dataSource: DataSource): void {
  const mutex = new Mutex();
  const statements = new Map<string, unknown>();
  const driver = dataSource.driver as BetterSqlite3Driver;
  driver.createQueryRunner = () => {
    const runner = new SerialSqliteQueryRunner(driver, mutex);
    // One cache of prepared statements for the connection, not one for each runner.
    Object.assign(runner, { stmtCache: statements });
    return runner as QueryRunner;
  };
}

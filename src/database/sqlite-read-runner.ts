import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { yieldIfLong } from '../common/yield-if-long';
import { accountOf } from './connection-shares';
import { translateDatabaseError } from './database-errors';
import type { SqliteDatabase } from './sqlite-driver';
import type { AcquiredReader, SqliteReaders } from './sqlite-readers';

/** Runs reads beside the connection that writes. A transaction of reads sees one snapshot. */
export class SqliteReadRunner extends BetterSqlite3QueryRunner {
  /** The reader of the transaction, if there is one. */
  private own: AcquiredReader | undefined;

  constructor(
    driver: BetterSqlite3Driver,
    private readonly readers: SqliteReaders,
  ) {
    super(driver);
  }

  override connect(): Promise<SqliteDatabase> {
    return Promise.resolve((this.own?.reader ?? this.readers.forStatements).connection);
  }

  override async startTransaction(): Promise<void> {
    this.own = await this.readers.acquire(accountOf(this));
    try {
      await super.startTransaction();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  override async commitTransaction(): Promise<void> {
    await super.commitTransaction();
    this.end();
  }

  override async rollbackTransaction(): Promise<void> {
    try {
      await super.rollbackTransaction();
    } finally {
      this.end();
    }
  }

  override async query(...args: Parameters<BetterSqlite3QueryRunner['query']>): Promise<unknown> {
    // A statement runs synchronously, so a transaction of many would keep the event loop.
    if (this.own) await yieldIfLong();
    // Prepared statements belong to a connection, so each reader has its cache.
    Object.assign(this, { stmtCache: (this.own?.reader ?? this.readers.forStatements).statements });
    try {
      return await super.query(...args);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  private end(): void {
    this.own?.release();
    this.own = undefined;
  }
}

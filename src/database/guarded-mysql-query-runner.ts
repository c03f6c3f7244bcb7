import type { DataSource, ReplicationMode } from 'typeorm';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import { DomainError } from '../common/domain-error';
import { databaseUnavailable, isUnavailable, translateDatabaseError } from './database-errors';

/** How long a request waits for a free connection, and a statement for its answer, in milliseconds. */
export const DATABASE_DEADLINE_MS = 3000;

/** Requests that may wait for a connection at once; more are turned away with 503 instead of piling up. */
const MAX_WAITING = 500;

interface Connection {
  destroy(): void;
  release(): void;
  promise(): { query(sql: string): Promise<unknown> };
}

/** Shared by all runners of one data source. */
interface PoolState {
  waiting: number;
  readonly prepared: WeakSet<Connection>;
}

/**
 * mysql2 waits for ever: for a connection from its pool, and for an answer from a frozen server. This runner has
 * deadlines, turns away what would wait too long, and evicts connections that are of no more use.
 */
class GuardedMysqlQueryRunner extends MysqlQueryRunner {
  constructor(
    driver: MysqlDriver,
    mode: ReplicationMode,
    private readonly pool: PoolState,
  ) {
    super(driver, mode);
  }

  override async connect(): Promise<Connection> {
    const known = this.databaseConnection as Connection | undefined;
    if (known) return known;
    if (this.pool.waiting >= MAX_WAITING) throw databaseUnavailable();
    this.pool.waiting += 1;
    try {
      const connection = await this.withinDeadline(super.connect() as Promise<Connection>);
      await this.prepare(connection);
      return connection;
    } catch (error) {
      throw translateDatabaseError(error);
    } finally {
      this.pool.waiting -= 1;
    }
  }

  override async query(...args: Parameters<MysqlQueryRunner['query']>): Promise<unknown> {
    try {
      return await super.query(...args);
    } catch (error) {
      const cause = error instanceof DomainError ? error.cause : error;
      // A cluster node without quorum, a server gone read-only or silent: the next request gets another connection.
      if (isUnavailable(cause)) (this.databaseConnection as Connection | undefined)?.destroy();
      throw translateDatabaseError(error);
    }
  }

  /** A connection that comes too late goes back to the pool by itself. */
  private withinDeadline(acquired: Promise<Connection>): Promise<Connection> {
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(databaseUnavailable());
      }, DATABASE_DEADLINE_MS);
      acquired.then(
        (connection) => {
          clearTimeout(timer);
          if (late) connection.release();
          else resolve(connection);
        },
        (error: Error) => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  /** Once for each connection: nothing is cut or coerced silently, and a row lock is not waited for too long. */
  private async prepare(connection: Connection): Promise<void> {
    if (this.pool.prepared.has(connection)) return;
    const settings =
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 2";
    const settled = connection.promise().query(settings);
    const timeout = new Promise<never>((_, reject) => {
      setTimeout(() => reject(databaseUnavailable()), DATABASE_DEADLINE_MS).unref();
    });
    try {
      await Promise.race([settled, timeout]);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    this.pool.prepared.add(connection);
  }
}

/** Makes every query runner of this data source a guarded one. */
export function guardMysql(dataSource: DataSource): void {
  const driver = dataSource.driver as MysqlDriver;
  const pool: PoolState = { waiting: 0, prepared: new WeakSet() };
  driver.createQueryRunner = (mode) => new GuardedMysqlQueryRunner(driver, mode, pool);
}

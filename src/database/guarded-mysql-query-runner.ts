import type { DataSource, ReplicationMode } from 'typeorm';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import { DomainError } from '../common/domain-error';
import { databaseUnavailable, isUnavailable, translateDatabaseError } from './database-errors';

/** How long a request waits for a free connection, and a statement for its answer, in milliseconds. */
export const DATABASE_DEADLINE_MS = 3000;

/** Requests that may wait for a connection at once; more are turned away with 503 instead of piling up. */
const MAX_WAITING = 500;

/** Once for each connection: nothing is cut or coerced silently, and a row lock is not waited for too long. */
const SESSION_SETTINGS =
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 2";

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
 * deadlines, turns away what would wait too long, and evicts connections that are of no more use. A migration may
 * take its time.
 */
class GuardedMysqlQueryRunner extends MysqlQueryRunner {
  private migrating = false;

  constructor(
    driver: MysqlDriver,
    mode: ReplicationMode,
    private readonly pool: PoolState,
  ) {
    super(driver, mode);
  }

  override beforeMigration(): Promise<void> {
    this.migrating = true;
    return super.beforeMigration();
  }

  override afterMigration(): Promise<void> {
    this.migrating = false;
    return super.afterMigration();
  }

  override async connect(): Promise<Connection> {
    const known = this.databaseConnection as Connection | undefined;
    if (known) return known;
    if (this.pool.waiting >= MAX_WAITING) throw databaseUnavailable();
    this.pool.waiting += 1;
    try {
      const acquired = super.connect() as Promise<Connection>;
      // One that comes too late goes back to the pool by itself.
      const connection = await withinDeadline(acquired, () => void acquired.then(release, () => undefined));
      await this.prepare(connection);
      return connection;
    } catch (error) {
      throw translateDatabaseError(error);
    } finally {
      this.pool.waiting -= 1;
    }
  }

  override async query(...args: Parameters<MysqlQueryRunner['query']>): Promise<unknown> {
    await this.connect();
    const answer: Promise<unknown> = super.query(...args);
    try {
      return await (this.migrating ? answer : withinDeadline(answer));
    } catch (error) {
      // A cluster node without quorum, a server gone read-only or silent: the next request gets another connection.
      const cause = error instanceof DomainError ? (error.cause ?? error) : error;
      if (cause instanceof DomainError || isUnavailable(cause)) this.evict();
      throw translateDatabaseError(error);
    }
  }

  private async prepare(connection: Connection): Promise<void> {
    if (this.pool.prepared.has(connection)) return;
    try {
      await withinDeadline(connection.promise().query(SESSION_SETTINGS));
    } catch (error) {
      this.evict();
      throw error;
    }
    this.pool.prepared.add(connection);
  }

  private evict(): void {
    (this.databaseConnection as Connection | undefined)?.destroy();
  }
}

/** Rejects with 503 when the time is over; what was waited for may still come, to nobody. */
async function withinDeadline<T>(work: Promise<T>, onLate: () => void = () => undefined): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate();
      reject(databaseUnavailable());
    }, DATABASE_DEADLINE_MS);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

function release(connection: Connection): void {
  connection.release();
}

/** Makes every query runner of this data source a guarded one. */
export function guardMysql(dataSource: DataSource): void {
  const driver = dataSource.driver as MysqlDriver;
  const pool: PoolState = { waiting: 0, prepared: new WeakSet() };
  driver.createQueryRunner = (mode) => new GuardedMysqlQueryRunner(driver, mode, pool);
}

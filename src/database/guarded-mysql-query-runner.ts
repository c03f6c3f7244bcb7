import type { DataSource, ReplicationMode } from 'typeorm';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import { DomainError } from '../common/domain-error';
import {
  databaseBusy,
  databaseUnavailable,
  isLockTimeout,
  isServerAnswer,
  isUnavailable,
  translateDatabaseError,
} from './database-errors';
import { PoolHealth } from './pool-health';

/** Requests that may wait for a connection at once; more are turned away with 503 instead of piling up. */
const MAX_WAITING = 500;

/**
 * Once for each connection: nothing is cut or coerced silently, and a row lock is not waited for too long. A network that
 * forgets a connection leaves its transaction and locks behind on the server, for hours: MariaDB ends it (MySQL cannot).
 */
const SESSION_SETTINGS = [
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 2 /*M!100300 , idle_transaction_timeout = 3 */",
  // Whatever the server's default: what a transaction reads is of one moment.
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
];

/** On a cluster, once for each connection: a read waits until its node has what the others committed before it. */
const CLUSTER_SETTING = 'SET SESSION wsrep_sync_wait = 1';

interface Connection {
  readonly stream: { readonly bytesRead: number };
  destroy(): void;
  release(): void;
  promise(): { query(sql: string): Promise<[unknown, unknown]> };
}

/** Shared by all runners of one data source. */
interface Pool {
  waiting: number;
  readonly prepared: WeakSet<Connection>;
  readonly health: PoolHealth;
}

/**
 * mysql2 waits for ever: for a connection from its pool, and for an answer from a frozen server. This runner has
 * deadlines, turns away what would wait too long, and evicts connections that are of no more use. A migration may
 * take its time.
 */
class GuardedMysqlQueryRunner extends MysqlQueryRunner {
  private migrating = false;
  private waits = 0;
  /** Bytes that had come over the connection before it was this runner's. */
  private bytesBefore = 0;
  /** It did not get a connection, or an answer, in time. A late connection belongs to the pool: this must not touch it. */
  private abandoned = false;

  constructor(
    driver: MysqlDriver,
    mode: ReplicationMode,
    private readonly pool: Pool,
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
    return this.known() ?? this.inTime(() => this.connected());
  }

  override async query(...args: Parameters<MysqlQueryRunner['query']>): Promise<unknown> {
    const ask = (): Promise<unknown> => super.query(...args);
    try {
      if (this.migrating) {
        await this.connect();
        return await ask();
      }
      return await this.inTime(async () => {
        await this.connected();
        return ask();
      });
    } catch (error) {
      // A cluster node without quorum, a server gone read-only or silent: the next request gets another connection.
      const cause = error instanceof DomainError ? (error.cause ?? error) : error;
      if (isLonelyRead(args[0], cause)) throw databaseUnavailable(cause);
      if (isUnavailable(cause)) this.evict();
      else if (isServerAnswer(cause)) this.pool.health.answered();
      throw translateDatabaseError(error);
    }
  }

  override release(): Promise<void> {
    if (!this.abandoned) return super.release();
    this.isReleased = true;
    return Promise.resolve();
  }

  private inTime<T>(work: () => Promise<T>): Promise<T> {
    return this.pool.health.within(
      work,
      () => this.abandon(),
      () => this.received(),
    );
  }

  private known(): Connection | undefined {
    if (this.abandoned) throw databaseUnavailable();
    return this.databaseConnection as Connection | undefined;
  }

  private async connected(): Promise<Connection> {
    const known = this.known();
    if (known) return known;
    if (this.pool.waiting >= MAX_WAITING) throw databaseBusy();
    this.pool.waiting += 1;
    this.waits += 1;
    try {
      const connection = (await super.connect()) as Connection;
      if (this.abandoned) {
        connection.release();
        throw databaseUnavailable();
      }
      this.bytesBefore = connection.stream.bytesRead;
      await this.prepare(connection);
      return connection;
    } catch (error) {
      throw translateDatabaseError(error);
    } finally {
      this.stopWaiting();
    }
  }

  private received(): number {
    const connection = this.databaseConnection as Connection | undefined;
    return connection ? connection.stream.bytesRead - this.bytesBefore : 0;
  }

  private async prepare(connection: Connection): Promise<void> {
    if (this.pool.prepared.has(connection)) return;
    const ask = (sql: string): Promise<[unknown, unknown]> => connection.promise().query(sql);
    try {
      for (const setting of SESSION_SETTINGS) await ask(setting);
      const [found] = await ask("SHOW VARIABLES LIKE 'wsrep_on'");
      if ((found as { Value: string }[])[0]?.Value === 'ON') await ask(CLUSTER_SETTING);
    } catch (error) {
      this.evict();
      throw error;
    }
    this.pool.prepared.add(connection);
  }

  /** Once: a connection that comes after it is somebody else's. */
  private abandon(): void {
    if (this.abandoned) return;
    this.abandoned = true;
    this.stopWaiting();
    this.evict();
  }

  private stopWaiting(): void {
    this.pool.waiting -= this.waits;
    this.waits = 0;
  }

  private evict(): void {
    (this.databaseConnection as Connection | undefined)?.destroy();
  }
}

/**
 * A cluster node that does not hear from the others gives reads, and the begin of a transaction, the error of a lock
 * that was waited for too long. Caret's reads wait for no lock, so that it means nothing else.
 */
function isLonelyRead(sql: string, error: unknown): boolean {
  return isLockTimeout(error) && /^(SELECT|START TRANSACTION)\b/i.test(sql);
}

/** Makes every query runner of this data source a guarded one. */
export function guardMysql(dataSource: DataSource): void {
  const driver = dataSource.driver as MysqlDriver;
  const pool: Pool = { waiting: 0, prepared: new WeakSet(), health: new PoolHealth() };
  driver.createQueryRunner = (mode) => new GuardedMysqlQueryRunner(driver, mode, pool);
}

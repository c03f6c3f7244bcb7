import type { DataSource, ReplicationMode } from 'typeorm';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import { DomainError } from '../common/domain-error';
import type { Turn } from '../common/fair-queue';
import { ConnectionShares } from './connection-shares';
import {
  databaseUnavailable,
  isLockTimeout,
  isServerError,
  isUnavailable,
  translateDatabaseError,
} from './database-errors';
import { PoolHealth } from './pool-health';

/**
 * Sent once for each connection. Strict mode rejects values that would be truncated or coerced. A lock wait ends after
 * two seconds. MariaDB ends an idle transaction after three, because a lost connection would keep its locks for hours.
 * A transaction that only reads has no locks and may be idle for longer, because Caret serializes rows between statements.
 */
const SESSION_SETTINGS = [
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 2 /*M!100300 , idle_transaction_timeout = 3, idle_readonly_transaction_timeout = 60 */",
  // Every read of a transaction sees one snapshot, whatever the server's default.
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
];

/** Sent once for each connection to a cluster. A read then waits until its node has applied the commits of the others. */
const CLUSTER_SETTING = 'SET SESSION wsrep_sync_wait = 1';

interface Connection {
  readonly stream: { readonly bytesRead: number };
  destroy(): void;
  release(): void;
  promise(): { query(sql: string): Promise<[unknown, unknown]> };
}

/** Shared by all runners of one data source. */
interface Pool {
  readonly shares: ConnectionShares;
  readonly prepared: WeakSet<Connection>;
  readonly health: PoolHealth;
}

/**
 * mysql2 waits without limit for a connection from its pool and for a response from a frozen server. This runner has
 * deadlines, waits in the queue of its account, and evicts unusable connections. Migrations have no deadline.
 */
class GuardedMysqlQueryRunner extends MysqlQueryRunner {
  private migrating = false;
  /** The place in the pool, or the wait for one. */
  private turn: Turn | undefined;
  /** Bytes received over the connection before this runner acquired it. */
  private bytesBefore = 0;
  /** True after a connect or query timeout. Do not use a connection that arrives later; it belongs to the pool. */
  private abandoned = false;
  private readonly isReadOnly: boolean;

  constructor(
    driver: MysqlDriver,
    mode: ReplicationMode,
    private readonly pool: Pool,
  ) {
    super(driver, mode);
    this.isReadOnly = mode === 'slave';
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
    return this.findConnection() ?? this.withDeadline(() => this.acquireConnection());
  }

  override async query(...[text, ...rest]: Parameters<MysqlQueryRunner['query']>): Promise<unknown> {
    const sql = this.isReadOnly && text === 'START TRANSACTION' ? 'START TRANSACTION READ ONLY' : text;
    const send = (): Promise<unknown> => super.query(sql, ...rest);
    try {
      if (this.migrating) {
        await this.connect();
        return await send();
      }
      return await this.withDeadline(async () => {
        await this.acquireConnection();
        return send();
      });
    } catch (error) {
      // The next request gets another connection if this server is read-only, stalled or without quorum.
      const cause = error instanceof DomainError ? (error.cause ?? error) : error;
      if (isReadWithoutQuorum(sql, cause)) throw databaseUnavailable(cause);
      if (isUnavailable(cause)) this.evict();
      else if (isServerError(cause)) this.pool.health.recordResponse();
      throw translateDatabaseError(error);
    }
  }

  override release(): Promise<void> {
    this.turn?.leave();
    if (!this.abandoned) return super.release();
    this.isReleased = true;
    return Promise.resolve();
  }

  private withDeadline<T>(work: () => Promise<T>): Promise<T> {
    return this.pool.health.run(
      work,
      () => this.abandon(),
      () => this.receivedBytes(),
    );
  }

  private findConnection(): Connection | undefined {
    if (this.abandoned) throw databaseUnavailable();
    return this.databaseConnection as Connection | undefined;
  }

  private async acquireConnection(): Promise<Connection> {
    const existing = this.findConnection();
    if (existing) return existing;
    try {
      this.turn ??= this.pool.shares.enter(this, this.isReadOnly);
      await this.turn.started;
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
    }
  }

  private receivedBytes(): number {
    const connection = this.databaseConnection as Connection | undefined;
    return connection ? connection.stream.bytesRead - this.bytesBefore : 0;
  }

  private async prepare(connection: Connection): Promise<void> {
    if (this.pool.prepared.has(connection)) return;
    const send = (sql: string): Promise<[unknown, unknown]> => connection.promise().query(sql);
    try {
      for (const setting of SESSION_SETTINGS) await send(setting);
      const [found] = await send("SHOW VARIABLES LIKE 'wsrep_on'");
      if ((found as { Value: string }[])[0]?.Value === 'ON') await send(CLUSTER_SETTING);
    } catch (error) {
      this.evict();
      throw error;
    }
    this.pool.prepared.add(connection);
  }

  /** Runs once. A connection that arrives later belongs to another request. */
  private abandon(): void {
    if (this.abandoned) return;
    this.abandoned = true;
    this.turn?.leave();
    this.evict();
  }

  private evict(): void {
    (this.databaseConnection as Connection | undefined)?.destroy();
  }
}

/**
 * Whether a cluster node has lost the others. It then fails reads and START TRANSACTION with a lock wait timeout. The
 * error is unambiguous, because Caret's reads wait for no lock.
 */
function isReadWithoutQuorum(sql: string, error: unknown): boolean {
  return isLockTimeout(error) && /^(SELECT|START TRANSACTION)\b/i.test(sql);
}

/** Makes this data source create guarded query runners. */
export function guardMysql(dataSource: DataSource, poolSize: number): void {
  const driver = dataSource.driver as MysqlDriver;
  const shares = new ConnectionShares(poolSize);
  const pool: Pool = { shares, prepared: new WeakSet(), health: new PoolHealth() };
  driver.createQueryRunner = (mode) => new GuardedMysqlQueryRunner(driver, mode, pool);
}

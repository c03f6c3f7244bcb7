import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { newId } from '../common/ids';
import { isRetryable, isUniqueViolation } from './database-errors';

/**
 * Each lock is a row of this table. The table is named after its first lock. Renaming it would break rolling upgrades,
 * because replicas of the previous version take the migration lock in it.
 */
const TABLE = 'migration_lock';
const LOCKS = { migration: 1, retention: 2 } as const;

/** How long after a crash of the holder another replica can take over the lock. A live holder renews its lease earlier. */
const LEASE_SECONDS = 60;
const RENEW_EVERY_MS = 15_000;

/** Maximum wait for another replica. After it this process exits, and its supervisor starts it again. */
const MAX_WAIT_MS = 600_000;

/** Waits for the migration lock, and runs `work` under it. Creates the table of locks, because no migration has run yet. */
export async function withMigrationLock<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  if (isEmbedded(dataSource)) return work();
  const holder = newId();
  const deadline = performance.now() + MAX_WAIT_MS;
  let hasTable = false;
  const acquire = async (): Promise<boolean> => {
    hasTable ||= await tryCreateTable(dataSource);
    return hasTable && (await tryAcquire(dataSource, 'migration', holder));
  };
  while (!(await acquire())) {
    if (performance.now() > deadline)
      throw new Error('Another replica has held the migration lock for too long.');
    await sleep(100 + Math.random() * 200);
  }
  return withLease(dataSource, holder, work);
}

/** Runs `work` unless another replica has the lock. Needs the table that {@link withMigrationLock} creates. */
export async function tryWithLock(
  dataSource: DataSource,
  lock: keyof typeof LOCKS,
  work: () => Promise<void>,
): Promise<void> {
  if (isEmbedded(dataSource)) return work();
  const holder = newId();
  if (await tryAcquire(dataSource, lock, holder)) await withLease(dataSource, holder, work);
}

/** SQLite needs no lock, because it has only one process. */
function isEmbedded({ options }: DataSource): boolean {
  return options.type === 'better-sqlite3';
}

/** A lock is a row with a lease, because GET_LOCK does not reach the other nodes of a Galera cluster. */
async function tryAcquire(
  dataSource: DataSource,
  lock: keyof typeof LOCKS,
  holder: string,
): Promise<boolean> {
  return succeeds(async () => {
    await dataSource.query(`DELETE FROM ${TABLE} WHERE expires_at < UTC_TIMESTAMP()`);
    await dataSource.query(
      `INSERT INTO ${TABLE} (id, holder, expires_at) VALUES (?, ?, UTC_TIMESTAMP() + INTERVAL ? SECOND)`,
      [LOCKS[lock], holder, LEASE_SECONDS],
    );
  });
}

function tryCreateTable(dataSource: DataSource): Promise<boolean> {
  const columns = 'id int NOT NULL PRIMARY KEY, holder varchar(36) NOT NULL, expires_at datetime NOT NULL';
  return succeeds(() => dataSource.query(`CREATE TABLE IF NOT EXISTS ${TABLE} (${columns})`));
}

/** Returns false if another replica has the row, or if a node of a cluster commits a conflicting statement. */
async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isUniqueViolation(error) || isRetryable(error)) return false;
    throw error;
  }
}

/** Runs `work` while it renews the lease of `holder`, then releases the lock. */
async function withLease<T>(dataSource: DataSource, holder: string, work: () => Promise<T>): Promise<T> {
  const renewal = setInterval(() => void renew(dataSource, holder), RENEW_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await release(dataSource, holder);
  }
}

/** If the release fails, the lease expires. */
async function release(dataSource: DataSource, holder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await dataSource.query(`DELETE FROM ${TABLE} WHERE holder = ?`, [holder]);
      return;
    } catch (error) {
      if (!isRetryable(error) || attempt === 5) throw error;
      await sleep(100);
    }
  }
}

/** Ignores a failure, because the next renewal comes long before the lease expires. */
async function renew(dataSource: DataSource, holder: string): Promise<void> {
  const sql = `UPDATE ${TABLE} SET expires_at = UTC_TIMESTAMP() + INTERVAL ? SECOND WHERE holder = ?`;
  await dataSource.query(sql, [LEASE_SECONDS, holder]).catch(() => undefined);
}

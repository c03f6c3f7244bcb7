import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { newId } from '../common/ids';
import { isUniqueViolation } from './database-errors';

/** A holder that died is overtaken after this many seconds; a migration takes far less. */
const LEASE_SECONDS = 60;
const MAX_WAIT_MS = 90_000;

/**
 * Lets one replica migrate while the others wait. A row with a lease, because GET_LOCK is not known to the other
 * nodes of a Galera cluster; SQLite has one process only and needs none.
 */
export async function withMigrationLock<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  if (dataSource.options.type === 'better-sqlite3') return work();
  const holder = newId();
  await dataSource.query(
    'CREATE TABLE IF NOT EXISTS migration_lock (id int NOT NULL PRIMARY KEY, holder varchar(36) NOT NULL, expires_at datetime NOT NULL)',
  );
  await acquire(dataSource, holder);
  try {
    return await work();
  } finally {
    await dataSource.query('DELETE FROM migration_lock WHERE holder = ?', [holder]);
  }
}

async function acquire(dataSource: DataSource, holder: string): Promise<void> {
  const deadline = Date.now() + MAX_WAIT_MS;
  for (;;) {
    await dataSource.query('DELETE FROM migration_lock WHERE expires_at < UTC_TIMESTAMP()');
    try {
      await dataSource.query(
        'INSERT INTO migration_lock (id, holder, expires_at) VALUES (1, ?, UTC_TIMESTAMP() + INTERVAL ? SECOND)',
        [holder, LEASE_SECONDS],
      );
      return;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    if (Date.now() > deadline) throw new Error('Another replica has held the migration lock for too long.');
    await sleep(100 + Math.random() * 200);
  }
}

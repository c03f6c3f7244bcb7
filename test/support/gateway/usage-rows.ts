import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteDatabase } from '../../../src/database/sqlite-driver';
import { engine, type Row, type TestDatabase } from '../database/database';
import { eventually } from '../eventually';

/** A row of `usage_events`, with the names of its columns. */
export type UsageRow = Row;

/** Returns every row of the ledger, oldest first. With SQLite, the ledger has a file of its own. */
export async function readUsageRows(database: TestDatabase): Promise<UsageRow[]> {
  const statement = 'SELECT * FROM usage_events ORDER BY id';
  if (engine === 'mariadb') return database.query<UsageRow>(statement);
  const file = join(database.env.DATA_DIR, 'usage.db');
  if (!existsSync(file)) return [];
  return eventually('the ledger is readable', () => readSqlite(file, statement));
}

/** Returns null while the loader creates or writes the file. */
function readSqlite(file: string, statement: string): UsageRow[] | null {
  const database = new SqliteDatabase(file, { timeout: 0 });
  try {
    return database.prepare(statement).all();
  } catch (error) {
    const isCreating = (error as Error).message.includes('no such table');
    if (isCreating) return [];
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    return null;
  } finally {
    database.close();
  }
}

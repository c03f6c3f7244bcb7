import { existsSync } from 'node:fs';
import { SqliteDatabase } from '../../../src/database/sqlite-driver';
import { usageFileOf } from '../../../src/usage/usage-file';
import type { Row, TestDatabase } from '../database/database';
import { eventually } from '../eventually';

/** Runs a raw statement on the ledger: the tables of the server, or the file beside an embedded database. */
export async function queryLedger<T = Row>(
  database: TestDatabase,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T[]> {
  const isSqlite = database.env.DATABASE_URL.startsWith('sqlite:');
  if (!isSqlite) return database.query<T>(sql, parameters);
  const file = usageFileOf(database.env.DATABASE_URL.slice('sqlite:'.length));
  if (!existsSync(file)) return [];
  return eventually('the ledger is readable', () => tryQuery(file, sql, parameters) as T[] | null);
}

/** Returns null while the loader creates or writes the file. */
function tryQuery(file: string, sql: string, parameters: readonly unknown[]): Row[] | null {
  const database = new SqliteDatabase(file, { timeout: 0 });
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  } catch (error) {
    if ((error as Error).message.includes('no such table')) return [];
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    return null;
  } finally {
    database.close();
  }
}

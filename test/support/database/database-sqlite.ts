import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDatabase } from '../../../src/database/sqlite-driver';
import { eventually } from '../eventually';
import type { Row, TestDatabase } from './database';
import { dumpRows } from './database-dump';

/** Creates a database file in its own directory. */
export async function createSqliteTestDatabase(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'caret-sqlite-'));
  const file = join(directory, 'caret.db');

  async function query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    // SQLite's own wait would block the thread, on which the application has to finish its transaction.
    return eventually('the database file is unlocked', () => {
      try {
        return execute(file, sql, parameters) as T[];
      } catch (error) {
        if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
        return null;
      }
    });
  }

  return {
    env: { DATABASE_URL: `sqlite:${file}`, DATA_DIR: directory },
    query,
    async dump() {
      const tables = await query<{ name: string }>(
        `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`,
      );
      const texts: string[] = [];
      for (const { name } of tables) texts.push(dumpRows(name, await query<Row>(`SELECT * FROM "${name}"`)));
      return texts.join('');
    },
    async bytes() {
      const names = await readdir(directory);
      const texts = names
        .filter((name) => /^(caret|usage)\.db(-wal)?$/.test(name))
        .map((name) => readFile(join(directory, name), 'latin1').catch(() => ''));
      return (await Promise.all(texts)).join('');
    },
    drop: () => rm(directory, { recursive: true, force: true }),
  };
}

function execute(file: string, sql: string, parameters: readonly unknown[]): Row[] {
  const database = new SqliteDatabase(file, { timeout: 0 });
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  } finally {
    database.close();
  }
}

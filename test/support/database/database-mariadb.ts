import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row, TestDatabase } from './database';
import { dumpRows } from './database-dump';
import { createMariadbDatabase, dropMariadbDatabase, withMariadb } from './mariadb-database';

/** Creates a database in the running server, with a user who has no privilege outside it. */
export async function createMariadbTestDatabase(rootUrl: string): Promise<TestDatabase> {
  const url = await createMariadbDatabase(rootUrl);
  const directory = await mkdtemp(join(tmpdir(), 'caret-data-'));

  async function query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const [rows] = await withMariadb(url, (connection) => connection.query(sql, [...parameters]));
    return Array.isArray(rows) ? (rows as T[]) : [];
  }

  return {
    env: { DATABASE_URL: url, DATA_DIR: directory },
    query,
    dump: () =>
      withMariadb(url, async (connection) => {
        const [tables] = await connection.query('SHOW TABLES');
        const texts: string[] = [];
        for (const name of (tables as Record<string, string>[]).flatMap(Object.values<string>)) {
          const [rows] = await connection.query(`SELECT * FROM \`${name}\``);
          texts.push(dumpRows(name, rows as Row[]));
        }
        return texts.join('');
      }),
    bytes: () => Promise.resolve(''),
    async drop() {
      await dropMariadbDatabase(rootUrl, url);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

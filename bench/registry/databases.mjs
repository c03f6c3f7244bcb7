import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { tsImport } from 'tsx/esm/api';

const require = createRequire(import.meta.url);

/** Sizes for a registry of this size. The default of the tests is 64 MB. */
const SERVER_OPTIONS = ['--innodb-buffer-pool-size=512M', '--innodb-log-file-size=128M'];

/**
 * Databases of one private MariaDB. Each has the service's `env`, its `place` for a floor, and `execute` and `rows` for
 * direct writes and reads, like those of another replica.
 */
export class MariadbDatabases {
  #server;

  constructor(server) {
    this.#server = server;
  }

  static async start() {
    const { MariadbServer } = await tsImport(
      '../../test/support/database/mariadb-server.ts',
      import.meta.url,
    );
    return new MariadbDatabases(await MariadbServer.start({ args: SERVER_OPTIONS }));
  }

  async create() {
    const databaseUrl = await this.#server.createDatabase();
    const connection = await createConnection({ uri: databaseUrl });
    return {
      engine: 'mariadb',
      place: { databaseUrl },
      env: {
        DATABASE_URL: databaseUrl,
        ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      },
      execute: (sql, values) => connection.query(sql, values),
      rows: async (sql, values) => (await connection.query(sql, values))[0],
      close: () => connection.destroy(),
    };
  }

  stop() {
    return this.#server.stop();
  }
}

/** The embedded database in `directory`, with the same fields. Only the benchmark opens a second connection. */
export function sqliteDatabase(directory) {
  const file = join(directory, 'caret.db');
  let connection = null;
  const prepare = (sql) => {
    // Required here, because dist/ may not exist when this file is loaded.
    const { SqliteDatabase } = require('../../dist/database/sqlite-driver.js');
    connection ??= new SqliteDatabase(file);
    return connection.prepare(sql);
  };
  return {
    engine: 'sqlite',
    place: { file },
    env: {},
    execute: (sql, values = []) => prepare(sql).run(...values),
    rows: (sql, values = []) => prepare(sql).all(...values),
    close: () => connection?.close(),
  };
}

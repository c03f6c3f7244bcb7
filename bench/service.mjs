import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { tsImport } from 'tsx/esm/api';
import { Program } from './program.mjs';
import { seed } from './seed.mjs';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The production configuration, log included, whose lines go to /dev/null. */
export function startService({ env, directory }) {
  return Program.start([MAIN], {
    cwd: directory,
    env: { HOST: '127.0.0.1', PORT: '0', SHUTDOWN_DELAY_SECONDS: '0', ...env },
  });
}

/** A filled registry in a MariaDB of its own. `parent` is where the service's directory is made. */
export async function mariadbRegistry(parent, size) {
  const { MariadbServer } = await tsImport('../test/support/mariadb-server.ts', import.meta.url);
  const server = await MariadbServer.start();
  const databaseUrl = await server.createDatabase();
  const connection = await createConnection({ uri: databaseUrl });
  const keys = `k1:${randomBytes(32).toString('base64')}`;
  return fill(join(parent, 'mariadb'), size, {
    env: { DATABASE_URL: databaseUrl, ENCRYPTION_KEYS: keys },
    execute: (sql, values) => connection.execute(sql, values),
    close: async () => {
      connection.destroy();
      await server.stop();
    },
  });
}

/** The same in the embedded database. Its second connection is what no operator has: it writes beside the service. */
export async function sqliteRegistry(parent, size) {
  const { SqliteDatabase } = createRequire(import.meta.url)('../dist/database/sqlite-driver.js');
  let connection = null;
  return fill(join(parent, 'embedded'), size, {
    env: {},
    execute(sql, values) {
      connection ??= new SqliteDatabase(join(this.directory, 'caret.db'));
      connection.prepare(sql).run(...values);
    },
    close: () => connection?.close(),
  });
}

async function fill(directory, size, database) {
  await mkdir(directory);
  const bootstrapToken = randomBytes(32).toString('hex');
  const env = { ...database.env, DATA_DIR: directory, BOOTSTRAP_TOKEN: bootstrapToken };
  const registry = { ...database, directory, env };
  const service = await startService(registry);
  try {
    return Object.assign(registry, await seed(service.url, bootstrapToken, size));
  } finally {
    await service.stop();
  }
}

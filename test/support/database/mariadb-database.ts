import { randomBytes } from 'node:crypto';
import { type Connection, createConnection } from 'mysql2/promise';

/** Ends a connection that hangs. The driver's default of ten seconds is within reach of a busy machine. */
const HANG_TIMEOUT_MS = 5 * 60_000;

/** Opens a connection for one piece of work, so that none is left when the server is killed. */
export async function withMariadb<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection({
    uri: url,
    connectTimeout: HANG_TIMEOUT_MS,
    dateStrings: true,
    timezone: 'Z',
    charset: 'utf8mb4',
  });
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}

/** Creates an empty database whose user has no privilege outside it, as an operator would. Returns its URL. */
export async function createMariadbDatabase(rootUrl: string): Promise<string> {
  const name = `caret_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  await withMariadb(rootUrl, async (connection) => {
    await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    await connection.query(`CREATE USER ${name}@'127.0.0.1' IDENTIFIED BY '${password}'`);
    await connection.query(`GRANT ALL ON ${name}.* TO ${name}@'127.0.0.1'`);
  });
  const url = new URL(rootUrl);
  return `mariadb://${name}:${password}@${url.host}/${name}`;
}

/** Removes the database and the user of {@link createMariadbDatabase}. */
export async function dropMariadbDatabase(rootUrl: string, databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).username;
  await withMariadb(rootUrl, async (connection) => {
    await connection.query(`DROP DATABASE IF EXISTS ${name}`);
    await connection.query(`DROP USER IF EXISTS ${name}@'127.0.0.1'`);
  });
}

import { MariadbServer } from './mariadb-server';
import { shareServer } from './mariadb.shared';

/** Jest runs this once, in its parent process, if the project `mariadb` has tests to run. */
export default async function setup(): Promise<void> {
  const server = await MariadbServer.start();
  shareServer(server);
  process.env['CARET_TEST_MARIADB_URL'] = server.rootUrl;
}

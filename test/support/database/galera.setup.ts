import { GaleraCluster } from './galera-cluster';
import { shareServer } from './mariadb.shared';

/** Runs once for the project `cluster`. Databases are created at the first node; replicas use the nodes in turn. */
export default async function setup(): Promise<void> {
  const cluster = await GaleraCluster.start();
  shareServer(cluster);
  process.env['CARET_TEST_MARIADB_URL'] = cluster.rootUrls[0];
  process.env['CARET_TEST_MARIADB_NODES'] = cluster.rootUrls.join(' ');
}

import { GaleraCluster } from './galera-cluster';
import { shareServer } from './mariadb.shared';

/** Once for the project `cluster`: databases are made at the first node, and replicas take turns with the nodes. */
export default async function setup(): Promise<void> {
  const cluster = await GaleraCluster.start();
  shareServer(cluster);
  process.env['CARET_TEST_MARIADB_URL'] = cluster.rootUrls[0];
  process.env['CARET_TEST_MARIADB_NODES'] = cluster.rootUrls.join(' ');
}

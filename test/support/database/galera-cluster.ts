import { existsSync } from 'node:fs';
import { freePort } from '../app/free-port';
import { eventually } from '../eventually';
import { withMariadb } from './mariadb-database';
import { MariadbServer } from './mariadb-server';

const PROVIDERS = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'];
const NODES = 3;

interface Ports {
  readonly sql: number;
  readonly group: number;
  readonly increments: number;
  readonly copies: number;
}

/**
 * Three MariaDB nodes on loopback that certify each other's transactions and all accept writes. Needs Debian's packages
 * mariadb-server, galera-4 and rsync. Ends with the test process.
 */
export class GaleraCluster {
  private constructor(private readonly nodes: readonly MariadbServer[]) {}

  static async start(): Promise<GaleraCluster> {
    const provider = PROVIDERS.find((file) => existsSync(file));
    if (!provider) throw new Error('libgalera_smm.so not found: install the packages galera-4 and rsync');
    const ports: Ports[] = [];
    for (let node = 0; node < NODES; node++) ports.push(await freePorts());
    const nodes: MariadbServer[] = [];
    const cluster = new GaleraCluster(nodes);
    try {
      // One after another, because the first creates the cluster that the others join.
      for (const own of ports) {
        const firstArgs = nodes.length === 0 ? ['--wsrep-new-cluster'] : [];
        const args = nodeOptions(provider, own, ports);
        nodes.push(await MariadbServer.start({ args, firstArgs, port: own.sql }));
        await cluster.waitUntilJoined(nodes.length - 1);
      }
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** The URL of a user with every privilege, for each node. */
  get rootUrls(): readonly string[] {
    return this.nodes.map(({ rootUrl }) => rootUrl);
  }

  node(index: number): MariadbServer {
    return this.nodes[index]!;
  }

  /** Starts a killed node and waits until it has copied the data of the others. */
  async revive(index: number): Promise<void> {
    await this.node(index).restart();
    await this.waitUntilJoined(index);
  }

  /** Turns a node that has lost the majority into a cluster that others can join. */
  async bootstrap(index: number): Promise<void> {
    const url = this.node(index).rootUrl;
    // A node that has not noticed its loss ignores the bootstrap and stops later.
    await eventually('the node notices that it is alone', async () => !(await isSynced(url)));
    await withMariadb(url, (connection) =>
      connection.query("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=1'"),
    );
    await this.waitUntilJoined(index);
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop();
  }

  private waitUntilJoined(index: number): Promise<unknown> {
    const isReady = () => isSynced(this.node(index).rootUrl).catch(() => false);
    return eventually(`node ${index + 1} joins the cluster`, isReady);
  }
}

async function isSynced(url: string): Promise<boolean> {
  const [rows] = await withMariadb(url, (connection) => connection.query("SHOW STATUS LIKE 'wsrep_ready'"));
  return (rows as { Value: string }[])[0]?.Value === 'ON';
}

async function freePorts(): Promise<Ports> {
  return {
    sql: await freePort(),
    group: await freePort(),
    increments: await freePort(),
    copies: await freePort(),
  };
}

function nodeOptions(provider: string, own: Ports, all: readonly Ports[]): string[] {
  const group = all.map((ports) => `127.0.0.1:${ports.group}`).join();
  const listening = `gmcast.listen_addr=tcp://127.0.0.1:${own.group}`;
  return [
    '--binlog-format=ROW',
    '--innodb-autoinc-lock-mode=2',
    '--wsrep-on=ON',
    `--wsrep-provider=${provider}`,
    '--wsrep-cluster-name=caret-test',
    `--wsrep-cluster-address=gcomm://${group}`,
    '--wsrep-node-address=127.0.0.1',
    '--wsrep-sst-method=rsync',
    `--wsrep-sst-receive-address=127.0.0.1:${own.copies}`,
    `--wsrep-provider-options=${listening};ist.recv_addr=127.0.0.1:${own.increments};gcache.size=64M`,
  ];
}

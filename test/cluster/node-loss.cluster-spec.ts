import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadBalancer } from '../support/app/load-balancer';
import { ServiceProcess } from '../support/app/service-process';
import { ApiClient } from '../support/clients/api-client';
import type { TestDatabase } from '../support/database/database';
import { createMariadbTestDatabase } from '../support/database/database-mariadb';
import { GaleraCluster } from '../support/database/galera-cluster';
import { eventually } from '../support/eventually';
import { paced, timed } from '../support/pace';
import { createModel, createProvider, providerBody } from '../support/registry/factories';
import { brokenInvariants } from '../support/registry/invariants';
import { createRandom } from '../support/registry/random';
import { WriteLedger } from '../support/registry/write-ledger';
import { report } from '../support/report';

/** The promises: how long errors last, how long a response takes, when a database that is back is used again. */
const ERRORS_END_MS = 6000;
const RESPONSE_DEADLINE_MS = 3000;
const RECOVERY_DEADLINE_MS = 5000;

const seed = Date.now() >>> 0;

describe(`two replicas on a cluster that loses nodes (seed ${seed})`, () => {
  const random = createRandom(seed);
  const balancers: LoadBalancer[] = [];
  const services: ServiceProcess[] = [];
  const apis: ApiClient[] = [];
  let cluster: GaleraCluster;
  let database: TestDatabase;

  beforeAll(async () => {
    cluster = await GaleraCluster.start();
    // The assertions read the database at the only node that is never killed.
    database = await createMariadbTestDatabase(cluster.rootUrls[1]!);
    const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
    const ENCRYPTION_KEYS = `first:${randomBytes(32).toString('base64')}`;
    const ports = cluster.rootUrls.map((url) => Number(new URL(url).port));
    for (const order of [
      [0, 1, 2],
      [1, 2, 0],
    ]) {
      const balancer = await LoadBalancer.start(order.map((node) => ports[node]!));
      balancers.push(balancer);
      const url = new URL(database.env.DATABASE_URL);
      url.port = String(balancer.port);
      const env = { DATABASE_URL: url.href, BOOTSTRAP_TOKEN, ENCRYPTION_KEYS, EGRESS_MODE: 'local' };
      const service = await ServiceProcess.start(env);
      services.push(service);
      apis.push(new ApiClient(await service.listening(), BOOTSTRAP_TOKEN));
    }
  });
  afterAll(async () => {
    for (const service of services) await service.kill();
    for (const balancer of balancers) await balancer.stop();
    await cluster.stop();
  });

  const serves = (api: ApiClient) => async () => {
    const created = await api.post('/v1/llm-providers', providerBody());
    return created.status === 201 && (await api.get('/readyz')).status === 200;
  };

  it('lose no acknowledged write and return errors for six seconds at most when a node is killed', async () => {
    const ledgers = apis.flatMap((api, replica) =>
      [0, 1].map((writer) => ({ api, ledger: new WriteLedger(`r${replica}w${writer}`, random) })),
    );
    const errors: { at: number; outcome: string }[] = [];
    const faults: string[] = [];
    let isOver = false;
    const load = ledgers.map(async ({ api, ledger }) => {
      while (!isOver) {
        const outcome = await outcomeOf(() => ledger.write(api));
        if (outcome === 'acknowledged') continue;
        errors.push({ at: performance.now(), outcome });
        // The writer must know whether the write was done before it sends the next.
        await eventually('the writer sees its providers', () => audited(ledger, api, faults));
      }
    });
    await sleep(2000);
    const killed = performance.now();
    await cluster.node(0).kill();
    const watched = await paced(() => sleep(ERRORS_END_MS + 5000));
    isOver = true;
    await Promise.all(load);
    const last = Math.max(0, ...errors.map(({ at }) => Math.round(at - killed)));
    const acknowledged = ledgers.reduce((sum, { ledger }) => sum + ledger.acknowledged, 0);
    report(
      `one of three nodes killed: ${acknowledged} writes acknowledged, ${errors.length} rejected, the last ${last} ms after it`,
    );
    for (const { api, ledger } of ledgers) faults.push(...(await ledger.audit(api)));
    expect(faults).toEqual([]);
    expect(await brokenInvariants(database)).toEqual([]);
    expect(last).toBeLessThan(watched.limit(ERRORS_END_MS));
    const outcomes = new Set(errors.map(({ outcome }) => outcome));
    expect([...outcomes].filter((outcome) => !outcome.startsWith('503 '))).toEqual([]);
  });

  it('return the same list after the node has joined again', async () => {
    await cluster.revive(0);
    const { revision } = (await apis[0]!.get('/v1/account')).body;
    const lists = await Promise.all(
      apis.map((api) =>
        api.get('/v1/llm-providers', { headers: { 'x-registry-revision': String(revision) } }),
      ),
    );
    expect(lists.map(({ status }) => status)).toEqual([200, 200]);
    expect(lists[0]!.text).toBe(lists[1]!.text);
  });

  it('reject writes in time, continue routing and recover when two nodes are killed', async () => {
    const api = apis[1]!;
    const provider = await createProvider(api);
    const model = await createModel(api, provider.id);
    const route = () => api.post('/v1/resolve', { selector: `${provider.name}^${model.model}` });
    expect((await route()).status).toBe(200);
    await Promise.all([cluster.node(0).kill(), cluster.node(2).kill()]);
    let slowest = 0;
    // Transactions wait for the other nodes until the node notices that it is alone.
    const isAlone = async () => {
      const { result, milliseconds } = await timed(() =>
        api.withoutRetries().post('/v1/llm-providers', providerBody()),
      );
      slowest = Math.max(slowest, milliseconds);
      expect(result.status).toBe(503);
      return result.body.code === 'database_unavailable' && (await api.get('/readyz')).status === 503;
    };
    const { limit } = await paced(() => eventually('the node rejects writes', isAlone));
    expect(slowest).toBeLessThan(limit(RESPONSE_DEADLINE_MS));
    expect((await route()).status).toBe(200);
    await cluster.bootstrap(1);
    const recovered = await paced(() => eventually('it serves', serves(api)));
    expect(recovered.milliseconds).toBeLessThan(recovered.limit(RECOVERY_DEADLINE_MS));
    report(
      `quorum lost: writes are 503 after at most ${slowest} ms, recovered ${recovered.milliseconds} ms after it is back`,
    );
    expect(await brokenInvariants(database)).toEqual([]);
  });
});

/** Returns `acknowledged`, or the status and code of the error. */
async function outcomeOf(write: () => ReturnType<WriteLedger['write']>): Promise<string> {
  try {
    const { status, body } = await write();
    return status < 300 ? 'acknowledged' : `${status} ${body.code}`;
  } catch (error) {
    return (error as Error).message.replace(/^no list: /, '');
  }
}

async function audited(ledger: WriteLedger, api: ApiClient, faults: string[]): Promise<boolean> {
  try {
    faults.push(...(await ledger.audit(api)));
    return true;
  } catch {
    return false;
  }
}

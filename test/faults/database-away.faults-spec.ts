import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceProcess } from '../support/app/service-process';
import { ApiClient } from '../support/clients/api-client';
import type { TestDatabase } from '../support/database/database';
import { createMariadbTestDatabase } from '../support/database/database-mariadb';
import { withMariadb } from '../support/database/mariadb-database';
import { MariadbServer } from '../support/database/mariadb-server';
import { eventually } from '../support/eventually';
import { FaultProxy } from '../support/faults/fault-proxy';
import { Outage } from '../support/faults/outage';
import { paced, repeatDisturbedTests } from '../support/pace';
import { createProvider } from '../support/registry/factories';
import { brokenInvariants } from '../support/registry/invariants';
import { createRandom } from '../support/registry/random';
import { WriteLedger } from '../support/registry/write-ledger';
import { report } from '../support/report';

/** Longer than a token's row is cached. */
const OUTAGE_MS = 6000;
const RESPONSE_DEADLINE_MS = 3000;
const RECOVERY_DEADLINE_MS = 5000;
const MAX_LAG_SECONDS = 0.05;
/** On a busy machine, the event loop may lag longer, relative to its lag under load before the outage. */
const MAX_LAG_RATIO = 4;

const seed = Date.now() >>> 0;

// On a busy machine, a request may wait in the queue for too long, which is another 503.
repeatDisturbedTests();

describe(`the service when its database fails under load (seed ${seed})`, () => {
  const random = createRandom(seed);
  let server: MariadbServer;
  let database: TestDatabase;
  let proxy: FaultProxy;
  let service: ServiceProcess;
  let api: ApiClient;

  beforeAll(async () => {
    server = await MariadbServer.start();
    database = await createMariadbTestDatabase(server.rootUrl);
    proxy = await FaultProxy.start(database.env.DATABASE_URL);
    const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
    service = await ServiceProcess.start({
      DATABASE_URL: proxy.url,
      ENCRYPTION_KEYS: `first:${randomBytes(32).toString('base64')}`,
      BOOTSTRAP_TOKEN,
      EGRESS_MODE: 'local',
    });
    api = new ApiClient(await service.listening(), BOOTSTRAP_TOKEN);
  });
  afterAll(async () => {
    await service.kill();
    await proxy.stop();
    await server.stop();
  });

  const lag = async () => {
    const { text } = await api.get('/metrics');
    return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1]);
  };
  const setReadOnly = (value: 0 | 1) =>
    withMariadb(server.rootUrl, async (connection) => {
      await connection.query(`SET GLOBAL read_only = ${value}`);
    });
  const serves = async () => {
    const responses = await Promise.all([api.get('/readyz'), api.get('/v1/llm-providers'), probe()]);
    return responses.every(({ status }) => status < 300);
  };
  const probe = () =>
    api.post('/v1/llm-providers', {
      name: `probe-${random(1e9)}`,
      provider: 'openai',
      api_key: 'sk-0123456789',
    });

  type Step = () => void | Promise<void>;
  const faults: [string, { fail: Step; fix: Step; canRead?: boolean }][] = [
    ['is killed', { fail: () => server.kill(), fix: () => server.restart() }],
    ['is frozen', { fail: () => server.freeze(), fix: () => server.thaw() }],
    ['goes read-only', { fail: () => setReadOnly(1), fix: () => setReadOnly(0), canRead: true }],
    ['refuses connections', { fail: () => proxy.rejectConnections(), fix: () => proxy.pass() }],
    ['truncates each response', { fail: () => proxy.truncateResponses(), fix: () => proxy.pass() }],
    ['responds one byte at a time', { fail: () => proxy.dribble(400), fix: () => proxy.pass() }],
    ['is unreachable and keeps its connections', { fail: () => proxy.blackhole(), fix: () => proxy.pass() }],
  ];

  it.each(faults)(
    'returns 503 in time, writes nothing in part and recovers when the database %s',
    async (fault, { fail, fix, canRead }) => {
      await createProvider(api);
      const ledgers = [0, 1, 2].map(
        (index) => new WriteLedger(`${fault.replaceAll(/\W/g, '')}${index}`, random),
      );
      let isOver = false;
      const load = Promise.all(
        ledgers.map(async (ledger) => {
          while (!isOver) if ((await ledger.write(api).catch(() => null))?.status !== 200) await sleep(1);
        }),
      );
      await sleep(300);
      const loadedLag = await lag();
      await fail();
      isOver = true;
      const outage = new Outage(api.withoutRetries());
      const watched = await paced(() => outage.watch(OUTAGE_MS));
      await load;
      const readiness = await paced(() => api.get('/readyz'));
      const loopLag = await lag();
      await fix();
      const recovered = await paced(() => eventually('it serves', serves));

      const affected = canRead ? ['write', 'write once'] : ['list', 'page', 'write', 'write once'];
      report(
        `database ${fault}: 503 after at most ${outage.slowest(...affected)} ms, healthz at most ${outage.slowest('healthz')} ms, ` +
          `loop p99 ${Math.round(loopLag * 1000)} ms, recovered after ${recovered.milliseconds} ms`,
      );
      const kinds = outage
        .of(...affected)
        .map(({ status, code, retryAfter }) => `${status} ${code} ${retryAfter >= 1}`);
      expect([...new Set(kinds)]).toEqual(['503 database_unavailable true']);
      expect(readiness.result.status).toBe(canRead ? 200 : 503);
      if (canRead)
        expect(new Set(outage.of('list', 'page').map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(outage.of('healthz').map(({ status }) => status))).toEqual(new Set([200]));
      const audits = await Promise.all(ledgers.map((ledger) => ledger.audit(api)));
      expect(audits.flat()).toEqual([]);
      expect(await brokenInvariants(database)).toEqual([]);
      const names = new Set(
        (await database.query<{ name: string }>('SELECT name FROM providers')).map(({ name }) => name),
      );
      expect(outage.unacknowledged.filter((name) => names.has(name))).toEqual([]);
      expect(loopLag).toBeLessThan(Math.max(MAX_LAG_SECONDS, MAX_LAG_RATIO * loadedLag));
      expect(outage.slowest(...affected)).toBeLessThan(watched.limit(RESPONSE_DEADLINE_MS));
      expect(readiness.milliseconds).toBeLessThan(readiness.limit(RESPONSE_DEADLINE_MS));
      expect(recovered.milliseconds).toBeLessThan(recovered.limit(RECOVERY_DEADLINE_MS));
    },
  );
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import { engine } from '../../support/database/database';
import { createMariadbTestDatabase } from '../../support/database/database-mariadb';
import { MariadbServer } from '../../support/database/mariadb-server';
import { eventually } from '../../support/eventually';
import { paced } from '../../support/pace';
import {
  createModel,
  createProvider,
  modelPath,
  problem,
  providerBody,
} from '../../support/registry/factories';

/** A request waits one second for its token and three for a statement. */
const RESPONSE_DEADLINE_MS = 4500;
/** A read from the last table waits for its token only. */
const READ_DEADLINE_MS = 1500;
const NOTICE_DEADLINE_MS = 6000;
const RECOVERY_DEADLINE_MS = 5000;

const onServer = engine === 'mariadb' ? describe : describe.skip;

onServer('routing during a database outage', () => {
  let server: MariadbServer;
  let app: TestApp;
  let api: ApiClient;
  let model: Json;

  beforeAll(async () => {
    server = await MariadbServer.start();
    app = await startTestApp({ database: await createMariadbTestDatabase(server.rootUrl) });
    api = app.api;
    model = await createModel(api, (await createProvider(api)).id, {
      cost_per_1k_input: 1,
      cost_per_1k_output: 1,
    });
  });
  afterAll(async () => {
    await app.app.close();
    await server.stop();
  });

  const exact = () => ({ selector: model.selector });
  const reads: Record<string, () => Promise<ApiResponse>> = {
    resolve: () => api.post('/v1/resolve', { ...exact(), explain: true }),
    selectors: () => api.get('/v1/selectors'),
    cost: () => api.post('/v1/cost', { ...exact(), usage: { input: 1000, output: 1 } }),
  };
  const readAll = async () => {
    const all = await Promise.all(Object.values(reads).map((read) => read()));
    return all.map(({ status, text, headers }) => [status, text, headers.get('x-registry-revision')]);
  };
  const staleSince = async () => (await api.get('/readyz')).body.routing_stale_since as string | null;
  const gauge = async () => /^caret_routing_stale (\d)$/m.exec((await api.get('/metrics')).text)?.[1];
  const resolvedCost = async () => (await reads['resolve']!()).body.selected?.cost_per_1k_input;

  const isReady = async () => (await api.get('/readyz')).status === 200;
  const isCurrent = async () => (await staleSince()) === null && (await gauge()) === '0';
  const expectStaleMetric = async () => {
    const { milliseconds, limit } = await paced(() =>
      eventually('the metric', async () => (await gauge()) === '1'),
    );
    expect(milliseconds).toBeLessThan(limit(NOTICE_DEADLINE_MS));
  };

  const faults: [string, () => void | Promise<void>, () => void | Promise<void>][] = [
    ['frozen', () => server.freeze(), () => server.thaw()],
    ['killed', () => server.kill(), () => server.restart()],
  ];

  describe.each(faults)('with the server %s', (_fault, fail, restore) => {
    let isRestored = false;

    beforeEach(async () => {
      isRestored = false;
      await eventually('ready', isReady);
      await eventually('current', isCurrent);
    });
    const recover = async () => {
      if (!isRestored) await restore();
      isRestored = true;
    };
    afterEach(recover);

    it('uses the last table in time and reports since when it is stale', async () => {
      const before = await readAll();
      expect(await gauge()).toBe('0');
      const failed = Date.now();
      await fail();
      const soon = await paced(readAll);
      expect(soon.result).toEqual(before);
      expect(soon.milliseconds).toBeLessThan(soon.limit(READ_DEADLINE_MS));
      await expectStaleMetric();
      const since = Date.parse((await staleSince())!);
      // A poll may have been in progress.
      expect(since).toBeGreaterThanOrEqual(failed - soon.limit(READ_DEADLINE_MS));
      expect(since).toBeLessThanOrEqual(Date.now());
      const later = await paced(readAll);
      expect(later.result).toEqual(before);
      expect(later.milliseconds).toBeLessThan(later.limit(READ_DEADLINE_MS));
      expect(await staleSince()).toBe(new Date(since).toISOString());
      expect((await api.get('/healthz')).status).toBe(200);
    });

    it('returns 503 in time when the last table is not enough, and writes nothing', async () => {
      const other = await createAccount(app);
      expect((await other.get('/v1/account')).status).toBe(200);
      const [[, , revision]] = (await readAll()) as [[number, string, string]];
      const resolveAt = (minimum: number) =>
        api.post('/v1/resolve', exact(), { headers: { 'x-registry-revision': String(minimum) } });
      await fail();
      const { result, milliseconds, limit } = await paced(() =>
        Promise.all([
          resolveAt(Number(revision) + 1),
          api.post('/v1/llm-providers', providerBody({ name: 'never created' })),
          api.patch(modelPath(model), { priority: 99 }),
          api.get('/v1/llm-providers'),
          other.post('/v1/resolve', {}),
          other.get('/v1/selectors'),
        ]),
      );
      for (const response of result) {
        expect(problem(response)).toEqual({ status: 503, code: 'database_unavailable' });
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      }
      expect(milliseconds).toBeLessThan(limit(RESPONSE_DEADLINE_MS));
      expect((await resolveAt(Number(revision))).status).toBe(200);
      await recover();
      await eventually('ready', isReady);
      expect((await api.get('/v1/llm-providers')).text).not.toContain('never created');
      expect((await other.post('/v1/resolve', {})).body.code).toBe('routing.no_route');
    });

    it('is current within five seconds after the outage', async () => {
      await reads['resolve']!();
      await fail();
      await expectStaleMetric();
      await recover();
      const cost = performance.now() | 0;
      // Writes like another replica.
      await app.database.query('UPDATE provider_models SET cost_per_1k_input = ? WHERE id = ?', [
        cost,
        model.id,
      ]);
      await app.database.query('UPDATE accounts SET revision = revision + 1');
      const isUpdated = async () => (await isCurrent()) && (await resolvedCost()) === cost;
      const { milliseconds, limit } = await paced(() => eventually('current', isUpdated));
      expect(milliseconds).toBeLessThan(limit(RECOVERY_DEADLINE_MS));
      await eventually(
        'a write',
        async () => (await api.patch(modelPath(model), { cost_per_1k_input: 1 })).status === 200,
      );
      expect(await resolvedCost()).toBe(1);
    });
  });

  it('makes only one request wait for a write that a frozen database does not return', async () => {
    await eventually('ready', isReady);
    expect(await resolvedCost()).toBe(1);
    expect((await api.patch(modelPath(model), { cost_per_1k_input: 3 })).status).toBe(200);
    server.freeze();
    try {
      expect([1, 3]).toContain(await resolvedCost());
      await expectStaleMetric();
      const { result, milliseconds, limit } = await paced(resolvedCost);
      expect([1, 3]).toContain(result);
      expect(milliseconds).toBeLessThan(limit(READ_DEADLINE_MS));
    } finally {
      server.thaw();
    }
    const recovered = await paced(() => eventually('the write', async () => (await resolvedCost()) === 3));
    expect(recovered.milliseconds).toBeLessThan(recovered.limit(RECOVERY_DEADLINE_MS));
  });

  it('does not log each failed poll', () => {
    expect(app.logs()).not.toContain('"context":"Routing"');
  });
});

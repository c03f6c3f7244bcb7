import { startTestApp, type TestApp } from '../../support/app/app';
import { travel, useTimeTravel } from '../../support/app/time-travel';
import { issueToken } from '../../support/clients/accounts';
import { ApiClient } from '../../support/clients/api-client';
import { engine } from '../../support/database/database';
import { createMariadbTestDatabase } from '../../support/database/database-mariadb';
import { MariadbServer } from '../../support/database/mariadb-server';
import { eventually } from '../../support/eventually';
import { paced } from '../../support/pace';

const RESPONSE_DEADLINE_MS = 3000;
/** How long the service keeps a result of `/readyz`. */
const READINESS_AGE_MS = 1000;
/** `/healthz` does not wait for the database. */
const LIVENESS_DEADLINE_MS = 200;
const RECOVERY_DEADLINE_MS = 5000;

const onServer = engine === 'mariadb' ? describe : describe.skip;

onServer('a database server', () => {
  let server: MariadbServer;
  let app: TestApp;

  beforeAll(async () => {
    server = await MariadbServer.start();
    app = await startTestApp({ database: await createMariadbTestDatabase(server.rootUrl) });
  });
  afterAll(async () => {
    await app.app.close();
    await server.stop();
  });
  useTimeTravel();

  const ready = async () => (await app.clientFor().get('/readyz')).status === 200;
  const notReady = async () => {
    const response = await app.clientFor().get('/readyz');
    return response.status === 503 && response;
  };
  const body = (name: string) => ({ name, provider: 'openai', api_key: 'sk-0123456789abcdef' });
  const expectRecovery = async () => {
    const { milliseconds, limit } = await paced(() => eventually('ready again', ready));
    expect(milliseconds).toBeLessThan(limit(RECOVERY_DEADLINE_MS));
  };

  const faults: [string, () => void | Promise<void>, () => void | Promise<void>][] = [
    ['is frozen', () => server.freeze(), () => server.thaw()],
    ['is killed', () => server.kill(), () => server.restart()],
  ];

  describe.each(faults)('that %s', (_fault, fail, recover) => {
    it('makes /readyz return 503 within the deadline, and /healthz still 200', async () => {
      await fail();
      try {
        const readiness = await paced(() => eventually('not ready', notReady));
        const checks = { database: 'failed', encryption_key: 'unknown' };
        expect(readiness.result).toMatchObject({ body: { checks } });
        expect(readiness.milliseconds).toBeLessThan(readiness.limit(RESPONSE_DEADLINE_MS + READINESS_AGE_MS));
        const liveness = await paced(() => app.clientFor().get('/healthz'));
        expect(liveness.result.status).toBe(200);
        expect(liveness.milliseconds).toBeLessThan(liveness.limit(LIVENESS_DEADLINE_MS));
      } finally {
        await recover();
      }
      await expectRecovery();
    });

    it('makes caret_database_ready 0 until it is available again', async () => {
      const hasGauge = async (value: number) =>
        (await app.clientFor().get('/metrics')).text.includes(`caret_database_ready ${value}\n`);
      await fail();
      try {
        await eventually('the gauge is 0', () => hasGauge(0));
      } finally {
        await recover();
      }
      await eventually('the gauge is 1', () => hasGauge(1));
      await expectRecovery();
    });

    it('makes requests return 503 with Retry-After within the deadline, and change nothing', async () => {
      await app.api.get('/v1/llm-providers');
      await fail();
      try {
        const requests = [
          () => app.api.get('/v1/llm-providers'),
          () => app.api.post('/v1/llm-providers', body('never was')),
          () => app.api.get('/v1/audit-events'),
        ];
        const sent = await paced(() => Promise.all(requests.map((request) => request())));
        expect(sent.milliseconds).toBeLessThan(sent.limit(RESPONSE_DEADLINE_MS));
        for (const result of sent.result) {
          expect(result).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
          expect(Number(result.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        }
      } finally {
        await recover();
      }
      await expectRecovery();
      expect((await app.api.get('/v1/llm-providers')).status).toBe(200);
      expect((await app.api.get('/v1/llm-providers?name=never%20was')).body).toEqual([]);
      expect((await app.api.get('/v1/audit-events')).text).not.toContain('never was');
    });
  });

  it('that is down leaves a known token valid for thirty seconds, and then leads to 503, never to 401', async () => {
    const { id, token } = await issueToken(app, ['tokens:write']);
    const unknownButGood = await issueToken(app, ['tokens:write']);
    // The body is invalid, so that only authentication needs the database.
    const attempt = (bearer: string) => new ApiClient(app.url, bearer).post('/v1/tokens', {});
    expect((await attempt(token)).status).toBe(422);
    await server.kill();
    try {
      expect((await attempt(token)).status).toBe(422);
      travel(20);
      expect((await attempt(token)).status).toBe(422);
      expect((await attempt(unknownButGood.token)).status).toBe(503);
      travel(11);
      expect(await attempt(token)).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
      expect((await attempt('nonsense')).status).toBe(401);
    } finally {
      await server.restart();
    }
    await eventually('the token is known again', async () => (await attempt(token)).status === 422);
    expect((await app.api.get(`/v1/tokens/${id}`)).status).toBe(200);
  });
});

import { UnitOfWork } from '../../../src/database/unit-of-work';
import { startTestApp, type TestApp } from '../../support/app/app';
import { stepWallClock, stopClock, stopMonotonicClock, useTimeTravel } from '../../support/app/time-travel';
import { issueToken } from '../../support/clients/accounts';
import { engine } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { problem, providerBody, uniqueName } from '../../support/registry/factories';

const HOUR = 3600;

describe('a step of the wall clock', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(stopClock);
  useTimeTravel();

  const elapse = (seconds: number) => stopMonotonicClock(performance.now() + seconds * 1000);
  /** Deletes the row as another process does, such as a replica or the command line. */
  const revokeElsewhere = (id: string) => app.database.query('DELETE FROM api_tokens WHERE id = ?', [id]);
  const findLastUse = async (id: string) =>
    (await app.api.get(`/v1/tokens/${id}`)).body.last_used_at as string | null;

  it.each([-HOUR, HOUR])(
    'by %i s does not keep a token valid that another process revoked 5 s ago',
    async (seconds) => {
      const { id, api } = await issueToken(app, ['providers:read']);
      expect((await api.get('/v1/account')).status).toBe(200);
      stepWallClock(seconds);
      await revokeElsewhere(id);
      elapse(4.9);
      expect((await api.get('/v1/account')).status).toBe(401);
    },
  );

  it('backwards does not stop the writes of last_used_at', async () => {
    const { id, api } = await issueToken(app, ['providers:read']);
    await api.get('/v1/account');
    const before = await eventually('last_used_at is written', () => findLastUse(id));
    stepWallClock(-HOUR);
    elapse(61);
    expect((await api.get('/v1/account')).status).toBe(200);
    const after = await eventually('last_used_at is written again', async () => {
      const time = await findLastUse(id);
      return time === before ? null : time;
    });
    expect(after < before).toBe(true);
  });

  it('forwards does not write last_used_at more than once per minute', async () => {
    const { id, api } = await issueToken(app, ['providers:read']);
    await api.get('/v1/account');
    const first = await eventually('last_used_at is written', () => findLastUse(id));
    for (const seconds of [HOUR, HOUR]) {
      stepWallClock(seconds);
      elapse(5);
      expect((await api.get('/v1/account')).status).toBe(200);
    }
    // A write of `last_used_at` would be queued before this one.
    await issueToken(app, ['providers:read']);
    expect(await findLastUse(id)).toBe(first);
  });

  it('backwards does not block the Idempotency-Key of a process that died', async () => {
    const key = uniqueName('key');
    const create = (body: object) =>
      app.api.post('/v1/llm-providers', body, { headers: { 'idempotency-key': key } });
    const body = providerBody();
    expect((await create(body)).status).toBe(201);
    await app.database.query('DELETE FROM providers WHERE name = ?', [body['name']]);
    await app.database.query('UPDATE idempotency_keys SET status = NULL, response = NULL');
    expect(problem(await create(body))).toEqual({ status: 409, code: 'idempotency.in_flight' });
    stepWallClock(-HOUR);
    expect((await create(body)).status).toBe(201);
  });

  it('forwards does not end the retries of a transaction', async () => {
    let tries = 0;
    const code = engine === 'mariadb' ? { errno: 1213 } : { code: 'SQLITE_BUSY' };
    await app.app.get(UnitOfWork).run(() => {
      tries += 1;
      stepWallClock(HOUR);
      return tries < 3 ? Promise.reject(Object.assign(new Error('lost'), code)) : Promise.resolve();
    });
    expect(tries).toBe(3);
  });
});

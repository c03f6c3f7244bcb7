import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { UnitOfWork } from '../../../src/database/unit-of-work';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';
import { createMariadbTestDatabase } from '../../support/database/database-mariadb';
import { MariadbServer } from '../../support/database/mariadb-server';

interface Outcome {
  readonly name: string;
  readonly status: number;
  readonly code?: string;
  readonly milliseconds: number;
}

/** A server of its own, which is locked up and frozen. */
(engine === 'mariadb' ? describe : describe.skip)('a database under pressure', () => {
  let server: MariadbServer;
  let app: TestApp;
  let count = 0;

  beforeAll(async () => {
    server = await MariadbServer.start();
    const database = await createMariadbTestDatabase(server.rootUrl);
    app = await startTestApp({ database, env: { DATABASE_POOL_SIZE: '2' } });
  });

  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  async function create(name = `provider-${count++}`): Promise<Outcome> {
    const started = performance.now();
    const body = { name, provider: 'openai', api_key: 'sk-pressure-0123456789abcdef' };
    const { status, body: answer } = await app.api.post('/v1/llm-providers', body);
    const { code } = answer as { code?: string };
    return { name, status, code, milliseconds: performance.now() - started };
  }

  it('loses nothing that was acknowledged while requests wait in vain for a connection', async () => {
    const blocker = await createConnection(app.database.env.DATABASE_URL);
    await create('taken');
    await blocker.beginTransaction();
    await blocker.query('SELECT id FROM accounts FOR UPDATE');
    const release = sleep(3600).then(() => blocker.commit());
    const pending: Promise<Outcome>[] = [];
    for (let turn = 0; turn < 150; turn++) {
      pending.push(create(turn % 3 === 0 ? 'taken' : undefined));
      await sleep(25);
    }
    await release;
    blocker.destroy();
    const outcomes = await Promise.all(pending);
    const statuses = new Set(outcomes.map(({ status }) => status));
    expect([...statuses].every((status) => [201, 409, 503].includes(status))).toBe(true);
    expect(statuses).toContain(503);

    const later = await create();
    expect(later.status).toBe(201);
    const stored = new Set(
      (await app.database.query<{ name: string }>('SELECT name FROM providers')).map((row) => row.name),
    );
    const acknowledged = [...outcomes, later].filter(({ status }) => status === 201).map(({ name }) => name);
    expect(acknowledged.filter((name) => !stored.has(name))).toEqual([]);
    const orphans = await app.database.query(
      `SELECT a.id FROM audit_events a LEFT JOIN providers p ON p.id = a.resource_id
       WHERE a.action = 'provider.create' AND p.id IS NULL`,
    );
    expect(orphans).toEqual([]);
  });

  /** A hundred rows, one each 50 ms; small ones the server keeps back until there are many. */
  const rowsOf = (characters: number) =>
    app.app
      .get(UnitOfWork)
      .manager.query<unknown[]>(`SELECT SLEEP(0.05), REPEAT('x', ${characters}) AS text FROM seq_1_to_100`);

  it('waits for a long answer as long as it arrives, and for no other', async () => {
    expect(await rowsOf(20_000)).toHaveLength(100);
    await expect(rowsOf(1)).rejects.toMatchObject({ code: 'database_unavailable' });
  }, 30_000);

  it('answers 503 within the deadline when frozen, sooner from then on, and heals by itself', async () => {
    expect((await app.api.get('/v1/llm-providers')).status).toBe(200);
    server.freeze();
    try {
      const first = await Promise.all([create(), create(), create()]);
      for (const { status, code, milliseconds } of first) {
        expect([status, code]).toEqual([503, 'database_unavailable']);
        expect(milliseconds).toBeLessThan(4500);
      }
      const following = await Promise.all(Array.from({ length: 30 }, () => create()));
      expect(following.map(({ status }) => status)).toEqual(Array(30).fill(503));
      // One of them tries the server and waits out the deadline.
      expect(following.filter(({ milliseconds }) => milliseconds > 2000).length).toBeLessThanOrEqual(1);
    } finally {
      server.thaw();
    }
    const thawed = performance.now();
    while ((await create()).status !== 201) await sleep(50);
    expect(performance.now() - thawed).toBeLessThan(5000);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { UnitOfWork } from '../../../src/database/unit-of-work';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';
import { createMariadbTestDatabase } from '../../support/database/database-mariadb';
import { MariadbServer } from '../../support/database/mariadb-server';
import { eventually } from '../../support/eventually';
import { paced, timed } from '../../support/pace';

/** A statement waits at most three seconds for a connection, and then at most three for its response. */
const RESPONSE_DEADLINE_MS = 4500;
/** The deadline of a request that does not probe the stalled server. */
const REJECTION_DEADLINE_MS = 500;
const RECOVERY_DEADLINE_MS = 5000;

interface Outcome {
  readonly name: string;
  readonly status: number;
  readonly code?: string;
  readonly milliseconds: number;
}

/** Uses a server of its own, which it locks and freezes. */
(engine === 'mariadb' ? describe : describe.skip)('a database server', () => {
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
    const body = { name, provider: 'openai', api_key: 'sk-pressure-0123456789abcdef' };
    const api = app.api.withoutRetries();
    const { result, milliseconds } = await timed(() => api.post('/v1/llm-providers', body));
    const { code } = result.body as { code?: string };
    return { name, status: result.status, code, milliseconds };
  }

  it('loses no acknowledged write while requests time out waiting for a connection', async () => {
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

  /** Selects a hundred rows, one per 50 ms. The server buffers small rows and sends them together. */
  const rowsOf = (characters: number) =>
    app.app
      .get(UnitOfWork)
      .manager.query<unknown[]>(`SELECT SLEEP(0.05), REPEAT('x', ${characters}) AS text FROM seq_1_to_100`);

  it('may take longer than the deadline for a response only while the response arrives', async () => {
    expect(await rowsOf(100_000)).toHaveLength(100);
    await expect(rowsOf(1)).rejects.toMatchObject({ code: 'database_unavailable' });
  });

  it('leads to 503 within the deadline when frozen, then to faster 503s, and is used again when it runs', async () => {
    expect((await app.api.get('/v1/llm-providers')).status).toBe(200);
    server.freeze();
    try {
      const first = await paced(() => Promise.all([create(), create(), create()]));
      for (const { status, code } of first.result) {
        expect([status, code]).toEqual([503, 'database_unavailable']);
      }
      expect(first.milliseconds).toBeLessThan(first.limit(RESPONSE_DEADLINE_MS));
      const following = await paced(() => Promise.all(Array.from({ length: 30 }, () => create())));
      expect(following.result.map(({ status }) => status)).toEqual(Array(30).fill(503));
      // One of them probes the server and waits for the deadline.
      const rejectionLimit = following.limit(REJECTION_DEADLINE_MS);
      const slow = following.result.filter(({ milliseconds }) => milliseconds > rejectionLimit);
      expect(slow.length).toBeLessThanOrEqual(1);
    } finally {
      server.thaw();
    }
    const isCreated = async () => (await create()).status === 201;
    const healed = await paced(() => eventually('a provider is created', isCreated));
    expect(healed.milliseconds).toBeLessThan(healed.limit(RECOVERY_DEADLINE_MS));
  });
});

import { randomBytes } from 'node:crypto';
import { freePort } from '../../support/app/free-port';
import { ServiceProcess } from '../../support/app/service-process';
import { ApiClient } from '../../support/clients/api-client';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';
import { createMariadbTestDatabase } from '../../support/database/database-mariadb';
import { envOfReplica } from '../../support/database/database-nodes';
import { MariadbServer } from '../../support/database/mariadb-server';
import { eventually } from '../../support/eventually';
import { paced } from '../../support/pace';

const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
const newKeys = () => `first:${randomBytes(32).toString('base64')}`;

const onServer = engine === 'mariadb' ? describe : describe.skip;

onServer('a start on a database server', () => {
  const running: ServiceProcess[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.kill()));
  });

  async function spawn(env: Record<string, string>) {
    const service = await ServiceProcess.spawn(env);
    running.push(service);
    return service;
  }

  describe('that is unreachable', () => {
    let server: MariadbServer;
    let database: TestDatabase;
    let env: Record<string, string>;

    beforeAll(async () => {
      server = await MariadbServer.start();
    });
    afterAll(() => server.stop());
    beforeEach(async () => {
      database = await createMariadbTestDatabase(server.rootUrl);
      env = { ...database.env, ENCRYPTION_KEYS: newKeys() };
      await server.kill();
    });

    it('listens without being ready, names DATABASE_URL, and serves within two seconds of the server', async () => {
      const service = await spawn({ ...env, BOOTSTRAP_TOKEN });
      const api = new ApiClient(await service.listening(), BOOTSTRAP_TOKEN);
      expect((await api.get('/healthz')).status).toBe(200);
      expect(await api.get('/readyz')).toMatchObject({
        status: 503,
        body: { checks: { database: 'failed', encryption_key: 'unknown' } },
      });
      expect(await api.get('/v1/account')).toMatchObject({
        status: 503,
        body: { code: 'database_unavailable' },
      });
      await eventually('it logs the cause', () =>
        /The database of DATABASE_URL is unavailable \(ECONNREFUSED\)/.test(service.output),
      );
      await server.restart();
      const serves = async () => (await api.get('/v1/account')).status === 200;
      const { milliseconds, limit } = await paced(() => eventually('it serves', serves));
      expect(milliseconds).toBeLessThan(limit(2000));
      expect((await api.get('/readyz')).status).toBe(200);
    });

    it('exits when the server is back and rejects the password', async () => {
      const url = new URL(env.DATABASE_URL!);
      url.password = 'wrong-password';
      const service = await spawn({ ...env, DATABASE_URL: url.href });
      await service.listening();
      await server.restart();
      expect(await service.exited).toBe(1);
      expect(service.output).toMatch(/user or the password/);
      expect(service.output).not.toContain('wrong-password');
    });
  });

  describe('that another replica migrates', () => {
    let database: TestDatabase;

    beforeEach(async () => {
      database = await createTestDatabase();
      await database.query(
        'CREATE TABLE migration_lock (id int NOT NULL PRIMARY KEY, holder varchar(36) NOT NULL, expires_at datetime NOT NULL)',
      );
      await database.query(
        "INSERT INTO migration_lock VALUES (1, 'other', UTC_TIMESTAMP() + INTERVAL 1 HOUR)",
      );
    });
    afterEach(() => database.drop());

    it.each(['SIGTERM', 'SIGINT'] as const)(
      'returns 503 meanwhile, and exits with 0 on %s',
      async (signal) => {
        const PORT = String(await freePort());
        const service = await spawn({ ...database.env, ENCRYPTION_KEYS: newKeys(), PORT });
        const api = new ApiClient(`http://127.0.0.1:${PORT}`, BOOTSTRAP_TOKEN);
        await eventually('it responds', () => api.get('/healthz').catch(() => null));
        expect(await api.get('/v1/account')).toMatchObject({
          status: 503,
          body: { code: 'database_unavailable' },
        });
        service.signal(signal);
        expect(await service.exited).toBe(0);
      },
    );
  });

  describe('of several replicas concurrently', () => {
    let database: TestDatabase;

    beforeEach(async () => {
      database = await createTestDatabase();
    });
    afterEach(() => database.drop());

    const count = async (table: string) =>
      Number((await database.query<{ count: unknown }>(`SELECT COUNT(*) AS count FROM ${table}`))[0]!.count);

    it('creates one account with one token, which every replica accepts', async () => {
      const env = { ...database.env, ENCRYPTION_KEYS: newKeys(), BOOTSTRAP_TOKEN };
      const replicas = await Promise.all([0, 1, 2].map((replica) => spawn(envOfReplica(env, replica))));
      for (const replica of replicas) {
        const api = new ApiClient(await replica.listening(), BOOTSTRAP_TOKEN);
        expect((await api.get('/readyz')).status).toBe(200);
        expect((await api.get('/v1/account')).status).toBe(200);
      }
      for (const table of ['accounts', 'api_tokens', 'key_canaries', 'server_secrets']) {
        expect([table, await count(table)]).toEqual([table, 1]);
      }
      // Of the account and of its token.
      expect(await count('audit_events')).toBe(2);
    });

    it('prints one token, on one replica, without BOOTSTRAP_TOKEN', async () => {
      const env = { ...database.env, ENCRYPTION_KEYS: newKeys() };
      const replicas = await Promise.all([0, 1].map((replica) => spawn(envOfReplica(env, replica))));
      await Promise.all(replicas.map((replica) => replica.listening()));
      const tokens = replicas.flatMap(({ output }) => output.match(/caret_[0-9a-f]{32}_[\w-]{51}/g) ?? []);
      expect(tokens).toHaveLength(1);
      for (const replica of replicas) {
        const api = new ApiClient(await replica.listening(), tokens[0]);
        expect((await api.get('/v1/account')).status).toBe(200);
      }
    });
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { countStatements, WITHOUT_POLLS } from '../../support/database/statement-count';
import { eventually } from '../../support/eventually';

/** A read of a table, and a read of the key canary. */
const STATEMENTS_PER_CHECK = 2;

describe('health checks', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ env: WITHOUT_POLLS });
  });
  afterAll(() => app.stop());

  const get = (path: string) => app.clientFor().get(path);

  describe('GET /healthz', () => {
    it('returns 200 without a token', async () => {
      expect(await get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    });
  });

  describe('GET /readyz', () => {
    it('returns 200 with each check, without a token', async () => {
      const response = await get('/readyz');
      expect(response.status).toBe(200);
      expect(response.body).toEqual({
        status: 'ready',
        checks: { database: 'ok', encryption_key: 'ok', accepting: 'ok' },
        routing_stale_since: null,
        usage: 'ok',
      });
    });

    /** Waits for a status, because the service keeps each result for a second. */
    const readinessOf = (status: number) =>
      eventually(`/readyz returns ${status}`, async () => {
        const response = await get('/readyz');
        return response.status === status && response;
      });

    const canary = async () =>
      (await app.database.query<{ sealed: string }>('SELECT sealed FROM key_canaries'))[0]!.sealed;
    const write = (sealed: string) => app.database.query('UPDATE key_canaries SET sealed = ?', [sealed]);

    it.each<[string, (sealed: string) => string]>([
      ['altered', (sealed) => sealed.slice(0, -6) + (sealed.at(-6) === 'A' ? 'B' : 'A') + sealed.slice(-5)],
      ['truncated', (sealed) => sealed.slice(0, -8)],
      ['replaced by another text', () => 'nonsense'],
      ['empty', () => ''],
    ])('returns 503 while the key canary is %s, and 200 when it is restored', async (_case, damage) => {
      const sealed = await canary();
      await write(damage(sealed));
      expect(await readinessOf(503)).toMatchObject({
        body: { status: 'not_ready', checks: { database: 'ok', encryption_key: 'failed' } },
      });
      expect((await get('/healthz')).status).toBe(200);
      await write(sealed);
      await readinessOf(200);
    });

    it('returns 503 while the key canary is missing', async () => {
      const [row] = await app.database.query('SELECT * FROM key_canaries');
      await app.database.query('DELETE FROM key_canaries');
      await readinessOf(503);
      const names = Object.keys(row!);
      const places = names.map(() => '?').join();
      await app.database.query(
        `INSERT INTO key_canaries (${names.join()}) VALUES (${places})`,
        Object.values(row!),
      );
      await readinessOf(200);
    });

    it('returns 503 while a table cannot be read', async () => {
      await app.database.query('ALTER TABLE accounts RENAME TO accounts_away');
      const response = await readinessOf(503);
      await app.database.query('ALTER TABLE accounts_away RENAME TO accounts');
      expect(response).toMatchObject({ body: { checks: { database: 'failed' } } });
      await readinessOf(200);
    });

    it('reads the database at most once per second, however many clients ask', async () => {
      await get('/readyz');
      const start = performance.now();
      const count = await countStatements(app, async () => {
        await Promise.all(Array.from({ length: 300 }, () => get('/readyz')));
      });
      const seconds = (performance.now() - start) / 1000;
      expect(count).toBeLessThanOrEqual(STATEMENTS_PER_CHECK * Math.ceil(seconds));
    });

    it('reveals nothing about the database except its state', async () => {
      const { text } = await get('/readyz');
      expect(text).not.toMatch(/sqlite|maria|mysql|caret_|\/tmp/i);
    });
  });
});

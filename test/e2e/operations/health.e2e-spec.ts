import { startTestApp, type TestApp } from '../../support/app/app';

describe('health checks', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
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
      });
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
      expect(await get('/readyz')).toMatchObject({
        status: 503,
        body: { status: 'not_ready', checks: { database: 'ok', encryption_key: 'failed' } },
      });
      expect((await get('/healthz')).status).toBe(200);
      await write(sealed);
      expect((await get('/readyz')).status).toBe(200);
    });

    it('returns 503 while the key canary is missing', async () => {
      const [row] = await app.database.query('SELECT * FROM key_canaries');
      await app.database.query('DELETE FROM key_canaries');
      expect((await get('/readyz')).status).toBe(503);
      const names = Object.keys(row!);
      const places = names.map(() => '?').join();
      await app.database.query(
        `INSERT INTO key_canaries (${names.join()}) VALUES (${places})`,
        Object.values(row!),
      );
      expect((await get('/readyz')).status).toBe(200);
    });

    it('returns 503 while a table cannot be read', async () => {
      await app.database.query('ALTER TABLE accounts RENAME TO accounts_away');
      const response = await get('/readyz');
      await app.database.query('ALTER TABLE accounts_away RENAME TO accounts');
      expect(response).toMatchObject({ status: 503, body: { checks: { database: 'failed' } } });
      expect((await get('/readyz')).status).toBe(200);
    });

    it('reveals nothing about the database except its state', async () => {
      const { text } = await get('/readyz');
      expect(text).not.toMatch(/sqlite|maria|mysql|caret_|\/tmp/i);
    });
  });
});

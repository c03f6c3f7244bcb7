import { startTestApp, type TestApp } from '../../support/app/app';

describe('health', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const get = (path: string) => app.clientFor().get(path);

  describe('GET /healthz', () => {
    it('answers 200 to anyone', async () => {
      expect(await get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    });
  });

  describe('GET /readyz', () => {
    it('answers 200 to anyone, and says what it looked at', async () => {
      const answer = await get('/readyz');
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
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
      ['cut short', (sealed) => sealed.slice(0, -8)],
      ['replaced by nonsense', () => 'nonsense'],
      ['empty', () => ''],
    ])('answers 503 while the canary of its key is %s, and 200 once it is mended', async (_case, damage) => {
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

    it('answers 503 where the canary is gone', async () => {
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

    it('answers 503 where a real table cannot be read', async () => {
      await app.database.query('ALTER TABLE accounts RENAME TO accounts_away');
      const answer = await get('/readyz');
      await app.database.query('ALTER TABLE accounts_away RENAME TO accounts');
      expect(answer).toMatchObject({ status: 503, body: { checks: { database: 'failed' } } });
      expect((await get('/readyz')).status).toBe(200);
    });

    it('tells nothing of the database but whether it answers', async () => {
      const { text } = await get('/readyz');
      expect(text).not.toMatch(/sqlite|maria|mysql|caret_|\/tmp/i);
    });
  });
});

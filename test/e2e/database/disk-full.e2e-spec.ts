import { DataSource } from 'typeorm';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';
import { createProvider, problem, providerBody, providerPath } from '../../support/registry/factories';

const full = { status: 507, code: 'storage_full' };
/** A body that is large enough to need new pages. */
const large = () => providerBody({ advanced_json: { note: 'x'.repeat(60_000) } });

describe('a full disk of the database', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  if (engine === 'sqlite') {
    const setLimit = (pages: number) => app.app.get(DataSource).query(`PRAGMA max_page_count = ${pages}`);

    it('makes writes return 507 and change nothing, while reads work, until there is space', async () => {
      const provider = await createProvider(app.api);
      const before = await app.api.get('/v1/llm-providers');
      await setLimit(1);
      const body = large();
      for (let again = 0; again < 3; again++) {
        expect(problem(await app.api.post('/v1/llm-providers', body))).toEqual(full);
        expect(
          problem(await app.api.patch(providerPath(provider), { advanced_json: body.advanced_json })),
        ).toEqual(full);
      }
      expect((await app.api.get('/v1/llm-providers')).text).toBe(before.text);
      await setLimit(1_000_000);
      expect((await app.api.post('/v1/llm-providers', body)).status).toBe(201);
      expect((await app.api.get('/v1/llm-providers')).body).toHaveLength(2);
    });

    it('makes a request with an Idempotency-Key return 507, and lets its retry succeed later', async () => {
      const body = large();
      const post = () => app.api.post('/v1/llm-providers', body, { headers: { 'idempotency-key': 'full' } });
      await setLimit(1);
      expect(problem(await post())).toEqual(full);
      await setLimit(1_000_000);
      const { status, text } = await post();
      expect(status).toBe(201);
      expect((await post()).text).toBe(text);
    });
  } else {
    it.each([1021, 1114])(
      'makes writes that the server rejects with %i return 507, until it accepts them',
      async (errno) => {
        await app.database.query(
          `CREATE TRIGGER disk_full BEFORE INSERT ON providers FOR EACH ROW SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${errno}`,
        );
        const body = providerBody();
        expect(problem(await app.api.post('/v1/llm-providers', body))).toEqual(full);
        await app.database.query('DROP TRIGGER disk_full');
        expect((await app.api.post('/v1/llm-providers', body)).status).toBe(201);
      },
    );
  }
});

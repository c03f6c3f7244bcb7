import { byIds } from '../../../src/database/rows';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';
import { createModel, createProvider } from '../../support/registry/factories';
import { copyModel, copyProvider } from '../../support/registry/seed-rows';

/** More than the planner of MariaDB reads without an index. */
const ROWS = 300;

describe('query plan', () => {
  let app: TestApp;
  let accountId: unknown;
  const ids: Record<string, string[]> = {};

  beforeAll(async () => {
    app = await startTestApp();
    const provider = await createProvider(app.api);
    const model = await createModel(app.api, provider.id);
    await copyModel(app.database, model.id, ROWS, (index) => `copy-${index}`);
    ids['providers'] = await copyProvider(app.database, provider.id, ROWS);
    const rows = await app.database.query<{ id: string; account_id: string }>(
      'SELECT id, account_id FROM provider_models',
    );
    ids['provider_models'] = rows.map(({ id }) => id);
    accountId = rows[0]!.account_id;
  });
  afterAll(() => app.stop());

  it.each(['providers', 'provider_models'])('reads %s by id through the primary key', async (table) => {
    const few = ids[table]!.slice(0, 20);
    const explain = engine === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
    const sql = `${explain} SELECT * FROM ${table} WHERE ${byIds(few)}`;
    const plan = JSON.stringify(await app.database.query(sql, [accountId, ...few]));
    expect(plan).toMatch(/sqlite_autoindex_\w+_1 |"key":"PRIMARY"/);
  });
});

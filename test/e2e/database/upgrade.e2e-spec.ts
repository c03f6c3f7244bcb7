import type { DataSource } from 'typeorm';
import { schema } from '../../../src/app/schema';
import { loadConfig } from '../../../src/config/config';
import { createDataSource } from '../../../src/database/create-data-source';
import { AccountUsage1766000000000 } from '../../../src/database/migrations/1766000000000-account-usage';
import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import type { Json } from '../../support/clients/api-client';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';
import { countersOf } from '../../support/registry/account-counters';
import { createModel, createProvider } from '../../support/registry/factories';
import { resolve, routesOf } from '../../support/registry/routing';

/** The first migration after the first version. */
const FIRST_LATER = schema.migrations.indexOf(AccountUsage1766000000000);

const CONTEXT = { tier: 'pro', user: { region: 'eu' } };
const USAGE = { prompt_tokens: 1000, completion_tokens: 1000 };

describe('an upgrade of a database of the first version', () => {
  let database: TestDatabase;
  let app: TestApp;
  let routed: Json;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startTestApp({ database });
    await fill();
  });

  afterAll(async () => {
    await app.stop();
    await database.drop();
  });

  async function fill(): Promise<void> {
    const first = await createProvider(app.api, {
      name: 'anthropic-main',
      provider: 'anthropic',
      advanced_json: { temperature: 0.2, extra_headers: { 'x-api-version': 'sealed-in-the-first-version' } },
    });
    const second = await createProvider(app.api, { name: 'openai-main' });
    const when = { tier: 'pro', 'user.region': { $in: ['eu', 'ch'] } };
    routed = await createModel(app.api, first.id, {
      ...{ model: 'claude/3:b', when, tags: ['fast', 'tag 5'], priority: 7, multiplier: 1.5 },
      ...{ cost_per_1k_input: 0.003, cost_per_1k_output: 0.000000000015 },
    });
    await createModel(app.api, second.id, { model: 'Größe', when: { tier: 'free' } });
  }

  /** Reverts every later migration, as if the service had always been the first version, and starts this version. */
  async function upgrade(): Promise<void> {
    await app.stop();
    const dataSource: DataSource = await createDataSource(
      loadConfig(database.env).database,
      2,
      schema,
    ).initialize();
    for (let count = schema.migrations.length; count > FIRST_LATER; count--) {
      await dataSource.undoLastMigration();
    }
    await dataSource.destroy();
    // A dump of one database does not contain its default collation.
    if (engine === 'mariadb') await database.query('ALTER DATABASE COLLATE utf8mb4_general_ci');
    app = await startTestApp({ database, env: app.env });
  }

  it('keeps providers, models, rules, prices, secrets, tokens and counters', async () => {
    const { id, token } = await issueToken(app, ['providers:read']);
    const listed = async () => (await app.api.get('/v1/llm-providers')).body;
    const cost = async () =>
      (await app.api.post('/v1/cost', { selector: routed.selector, usage: USAGE })).body.cost;
    const read = async () => ({
      providers: await listed(),
      routes: routesOf(await resolve(app.api, { selector: 'auto', context: CONTEXT })),
      cost: await cost(),
      token: (await app.api.get(`/v1/tokens/${id}`)).body,
      counters: (await database.query<Json>('SELECT * FROM accounts')).map(countersOf),
    });
    const before = await read();
    expect(before.routes[0]).toBe(routed.selector);
    await upgrade();
    const after = await read();
    expect(after).toEqual(before);
    expect((await app.clientFor(token).get('/v1/llm-providers')).status).toBe(200);
    expect(after.providers.every((provider: Json) => provider.secret_status === 'ok')).toBe(true);
  });

  it('starts the names and the price history with the stored models', async () => {
    const path = `/v1/llm-providers/${routed.provider_id}/models`;
    const { body: prices } = await app.api.get(`${path}/${routed.id}/prices`);
    expect(prices).toMatchObject([{ multiplier: 1.5, cost_per_1k_input: 0.003, source: 'manual' }]);
    const taken = await app.api.post(path, { model: 'other', aliases: ['CLAUDE/3:B'] });
    expect(taken).toMatchObject({ status: 409, body: { code: 'llm_provider_models.model_conflict' } });
    const added = await app.api.post(path, { model: 'm'.repeat(200), aliases: ['long'] });
    expect(routesOf(await resolve(app.api, { selector: 'anthropic-main^long' }))).toEqual([
      added.body.selector,
    ]);
  });
});

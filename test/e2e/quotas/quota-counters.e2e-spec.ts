import { schema } from '../../../src/app/schema';
import { loadConfig } from '../../../src/config/config';
import { createDataSource } from '../../../src/database/create-data-source';
import { AccountUsage1766000000000 } from '../../../src/database/migrations/1766000000000-account-usage';
import { RetentionService } from '../../../src/database/retention.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import { type Replicas, startReplicas } from '../../support/app/replicas';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import { undoMigrations } from '../../support/database/undo-migrations';
import { countersOf, recountAccounts } from '../../support/registry/account-counters';
import {
  createModel,
  createOtherAccount,
  createProvider,
  modelPath,
  providerBody,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { createRandom } from '../../support/registry/random';
import { RandomWrites } from '../../support/registry/random-writes';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const WRITERS = 4;
const WRITES = 60;

const seed = Date.now() >>> 0;

async function expectExactCounters(database: TestDatabase): Promise<void> {
  const accounts = await database.query<Json>('SELECT * FROM accounts');
  const counted = new Map(accounts.map((account) => [account.id, countersOf(account)]));
  expect(counted).toEqual(await recountAccounts(database));
}

describe('the counters of an account', () => {
  let replicas: Replicas;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    replicas = await startReplicas({ QUOTA_PROVIDERS: '6', QUOTA_MODELS: '9', QUOTA_TOKENS: '5' });
    upstream = await ScriptedUpstream.start();
    upstream.script(replyJson(openaiModelList(['o3', 'gpt-4o', 'new-1', 'new-2'])));
  });
  afterAll(() => Promise.all([replicas.stop(), upstream.stop()]));

  it(`match a recount after random writes of ${WRITERS} writers on all replicas (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const writeMany = async (): Promise<void> => {
      const writes = new RandomWrites(random, upstream.url);
      for (let write = 0; write < WRITES; write++) await writes.write(replicas.api());
    };
    await Promise.all(Array.from({ length: WRITERS }, writeMany));
    await expectExactCounters(replicas.first.database);
    const { quotas } = (await replicas.api().get('/v1/account')).body;
    expect(quotas.providers.used).toBeGreaterThan(0);
    expect(quotas.providers.used).toBeLessThanOrEqual(6);
    expect(quotas.models.used).toBeLessThanOrEqual(9);
  });

  describe('admit one of 12 concurrent creates at the last place', () => {
    let api: () => ApiClient;
    let provider: Json;

    beforeEach(async () => {
      const { token } = await createOtherAccount(replicas.first);
      api = () => replicas.api().as(token);
      provider = await createProvider(api());
    });

    const fillAndRace = async (room: number, create: () => Promise<ApiResponse>): Promise<void> => {
      for (let count = 0; count < room - 1; count++) expect((await create()).status).toBe(201);
      const responses = await Promise.all(Array.from({ length: 12 }, create));
      const codes = responses.map(({ status, body }) => (status === 201 ? 'created' : body.code)).sort();
      expect(codes).toEqual(['created', ...Array.from({ length: 11 }, () => 'quota.exceeded')]);
      await expectExactCounters(replicas.first.database);
    };

    it('of providers', () => fillAndRace(5, () => api().post('/v1/llm-providers', providerBody())));

    it('of models', () =>
      fillAndRace(9, () => api().post(`${providerPath(provider)}/models`, { model: uniqueName('m') })));

    it('of tokens', () => {
      const token = () => ({ name: uniqueName('token'), scopes: ['providers:read'] });
      return fillAndRace(4, () => api().post('/v1/tokens', token()));
    });
  });

  it('include stored idempotent responses until an expired key is used again', async () => {
    const { api, database } = replicas.first;
    const post = (body: Json, key: string) =>
      api.post('/v1/tokens', body, { headers: { 'idempotency-key': key } });
    const body = { name: 'a', scopes: ['providers:read'] };
    const used = async () => (await api.get('/v1/account')).body.quotas.registry_bytes.used;
    const before = await used();
    const [first, second] = [uniqueName('key'), uniqueName('key')];
    expect((await post(body, first)).status).toBe(201);
    const after = await used();
    expect(after).toBeGreaterThan(before);
    expect((await post(body, first)).status).toBe(200);
    expect(await used()).toBe(after);
    const expired = { name: 'b', scopes: ['providers:read'], expires_at: '2020-01-01T00:00:00Z' };
    expect((await post(expired, second)).status).toBe(422);
    await expectExactCounters(database);
    await database.query("UPDATE idempotency_keys SET created_at = '2020-01-01T00:00:00.000Z'");
    await post(body, first);
    await expectExactCounters(database);
  });
});

describe('the counters of an account after a restart', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('decrease when expired idempotency keys are deleted', async () => {
    const post = (app: TestApp) =>
      app.api.post('/v1/llm-providers', providerBody(), {
        headers: { 'idempotency-key': uniqueName('key') },
      });
    const first = await startTestApp({ database });
    for (let count = 0; count < 3; count++) expect((await post(first)).status).toBe(201);
    await first.stop();
    await database.query("UPDATE idempotency_keys SET created_at = '2020-01-01T00:00:00.000Z'");
    const second = await startTestApp({ database, env: first.env });
    expect((await post(second)).status).toBe(201);
    await second.app.get(RetentionService).run();
    expect(await database.query('SELECT id FROM idempotency_keys')).toHaveLength(1);
    await expectExactCounters(database);
    await second.stop();
  });

  it('equal those of the service when the migration counts existing rows', async () => {
    const first = await startTestApp({ database });
    const provider = await createProvider(first.api, {
      name: 'Straße 日本',
      base_url: 'http://127.0.0.1:65000/v1',
      advanced_json: { emoji: '🎉', extra_headers: { 'X-Token': 'sealed' } },
    });
    const model = await createModel(first.api, provider.id, { tags: ['é'], when: { tier: 'ö' } });
    await first.api.patch(modelPath(model), { advanced_json: { extra_headers: { 'X-Key': 'value' } } });
    const key = { headers: { 'idempotency-key': uniqueName('key') } };
    await first.api.post('/v1/llm-providers', providerBody(), key);
    const { body } = await first.api.get('/v1/account');
    const storedBytes = () =>
      database.query(
        'SELECT id, stored_bytes FROM providers UNION ALL SELECT id, stored_bytes FROM provider_models ORDER BY id',
      );
    const rows = await storedBytes();
    await first.stop();
    const dataSource = await createDataSource(loadConfig(database.env).database, 2, schema).initialize();
    await undoMigrations(dataSource, AccountUsage1766000000000);
    await dataSource.destroy();
    const second = await startTestApp({ database, env: first.env });
    expect((await second.api.get('/v1/account')).body.quotas).toEqual(body.quotas);
    expect(await storedBytes()).toEqual(rows);
    await expectExactCounters(database);
    await second.stop();
  });
});

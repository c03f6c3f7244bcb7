import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { eventually } from '../../support/eventually';
import {
  auditOf,
  createModel,
  createProvider,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { consideredIn, resolve, routesOf } from '../../support/registry/routing';

const NEVER = { unreadable: { $in: [] } };
/** `stored-json.spec.ts` covers other invalid JSON. */
const CORRUPT = ['', '{', '5'];

/** JSON that is no price sheet. An empty text is none. */
const CORRUPT_SHEETS = [
  '{',
  '5',
  '[]',
  '{"rates":5}',
  '{"rates":{"input_audio":"much"}}',
  '{"units":{"request":{}}}',
  '{"tiers":{}}',
  '{"tiers":[null]}',
  '{"adjustments":[{"when":{}}]}',
  '{"schedule":[{"from":"25:00","to":"1:00","timezone":5,"multiplier":"1"}]}',
];

describe('a row with corrupt JSON', () => {
  let app: TestApp;
  let provider: Json;
  let model: Json;
  let intact: Json;

  beforeAll(async () => {
    app = await startTestApp({ env: { REGISTRY_POLL_MS: '50' } });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
    model = await createModel(app.api, provider.id, { tags: ['t'], when: { tier: 'pro' } });
    intact = await createModel(app.api, provider.id, { tags: ['t'] });
  });
  afterEach(() => app.api.delete(providerPath(provider)));

  async function corrupt(table: string, column: string, id: string, text: string) {
    await app.database.query(`UPDATE ${table} SET ${column} = ? WHERE id = ?`, [text, id]);
    await app.database.query('UPDATE accounts SET revision = revision + 1');
  }

  /** Returns the model as every read shows it. */
  async function readEverywhere(): Promise<Json[]> {
    const ofLists = async (path: string) => {
      const { body } = await app.api.get(path);
      return (body as Json[]).find(({ id }) => id === provider.id).models as Json[];
    };
    const path = providerPath(provider);
    const lists: Json[][] = [
      await ofLists('/v1/llm-providers'),
      await ofLists('/v1/llm-providers?limit=200'),
      (await app.api.get(path)).body.models,
      (await app.api.get(`${path}/models`)).body,
    ];
    const listed = lists.map((models) => models.find(({ id }) => id === model.id));
    for (const models of lists) expect(models.map(({ id }) => id)).toContain(intact.id);
    return [...listed, (await app.api.get(modelPath(model))).body];
  }

  it.each(CORRUPT)('is listed with a rule that never matches when its rule is %j', async (text) => {
    await corrupt('provider_models', 'when_json', model.id, text);
    for (const shown of await readEverywhere()) expect(shown).toEqual({ ...model, when: NEVER });
  });

  it.each(CORRUPT)('is listed without tags when they are %j', async (text) => {
    await corrupt('provider_models', 'tags', model.id, text);
    for (const shown of await readEverywhere()) expect(shown).toEqual({ ...model, tags: [] });
  });

  it.each(CORRUPT)('is listed without configuration when that is %j', async (text) => {
    await corrupt('provider_models', 'advanced_json', model.id, text);
    for (const shown of await readEverywhere()) expect(shown).toEqual({ ...model, advanced_json: {} });
  });

  describe.each(CORRUPT_SHEETS)('whose price sheet is %s', (text) => {
    const usage = { prompt_tokens: 1, completion_tokens: 1 };

    beforeEach(async () => {
      await app.api.patch(modelPath(model), { cost_per_1k_input: 1, cost_per_1k_output: 1, when: null });
      await corrupt('provider_models', 'pricing', model.id, text);
      const [account] = await app.database.query('SELECT revision FROM accounts');
      const headers = { 'X-Registry-Revision': String(account!['revision']) };
      await app.api.post('/v1/resolve', { selector: '#t' }, { headers });
    });

    it('is listed without it, not routable and without a cost, until PATCH replaces it', async () => {
      for (const shown of await readEverywhere())
        expect(shown).toMatchObject({ id: model.id, pricing: null });
      expect(routesOf(await resolve(app.api, { selector: '#t' }))).toEqual([intact.selector]);
      for (const named of [{ selector: model.selector }, { model_id: model.id }]) {
        expect((await app.api.post('/v1/cost', { ...named, usage })).status).toBe(404);
      }
      expect((await app.api.patch(modelPath(model), { priority: 3 })).body.pricing).toBeNull();
      await app.api.patch(modelPath(model), { pricing: null });
      const priced = await app.api.post('/v1/cost', { selector: model.selector, usage });
      expect(priced).toMatchObject({ status: 200, body: { cost: '0.002' } });
    });

    it('has an unknown cost at a time when it was in force', async () => {
      await app.api.patch(modelPath(model), { pricing: { units: { request: '1' } } });
      await app.database.query('UPDATE model_prices SET pricing = ? WHERE model_id = ?', [text, model.id]);
      const context = { at: new Date().toISOString() };
      const priced = await app.api.post('/v1/cost', { model_id: model.id, usage, context });
      expect(priced).toMatchObject({ status: 200, body: { cost: null } });
      const prices = await app.api.get(`${modelPath(model)}/prices`);
      expect(prices.status).toBe(200);
      expect((prices.body as Json[]).map(({ pricing }) => pricing)).toEqual([null, null]);
    });
  });

  it('shows a valid rule that never matches', async () => {
    const tried = await app.api.post('/v1/resolve/check', { when: NEVER, context: { unreadable: null } });
    expect(tried).toMatchObject({ status: 200, body: { matched: false } });
  });

  it.each([
    ['when_json', { when: {} }],
    ['tags', { tags: [] }],
    ['advanced_json', { advanced_json: {} }],
  ])('becomes routable after PATCH replaces the corrupt %s', async (column, body) => {
    await corrupt('provider_models', column, model.id, '{');
    expect((await app.api.patch(modelPath(model), body)).status).toBe(200);
    const [row] = await app.database.query(`SELECT ${column} AS text FROM provider_models WHERE id = ?`, [
      model.id,
    ]);
    expect(row!['text']).toBe(column === 'tags' ? '[]' : '{}');
    const response = await resolve(app.api, { selector: model.selector, context: { tier: 'pro' } });
    expect(routesOf(response)).toEqual([model.selector]);
  });

  it('keeps the corrupt value when other fields change', async () => {
    await corrupt('provider_models', 'when_json', model.id, '{"tier":');
    expect((await app.api.patch(modelPath(model), { priority: 7 })).body).toMatchObject({ when: NEVER });
    const [row] = await app.database.query('SELECT when_json FROM provider_models WHERE id = ?', [model.id]);
    expect(row!['when_json']).toBe('{"tier":');
  });

  it('can be deleted', async () => {
    await corrupt('provider_models', 'when_json', model.id, '{');
    await corrupt('provider_models', 'tags', intact.id, '{');
    expect((await app.api.delete(modelPath(model))).status).toBe(204);
    expect((await app.api.delete(providerPath(provider))).status).toBe(204);
  });

  describe('for a provider', () => {
    it.each(CORRUPT)('is listed without configuration when that is %j', async (text) => {
      await corrupt('providers', 'advanced_json', provider.id, text);
      for (const path of ['/v1/llm-providers', '/v1/llm-providers?limit=200']) {
        const { status, body } = await app.api.get(path);
        expect(status).toBe(200);
        expect((body as Json[]).find(({ id }) => id === provider.id).advanced_json).toBeNull();
      }
    });

    it('is not routable, which explain reports, and others are', async () => {
      const other = await createProvider(app.api);
      const otherModel = await createModel(app.api, other.id, { tags: ['t'] });
      await corrupt('providers', 'advanced_json', provider.id, '{');
      await eventually('routing follows', async () => {
        return routesOf(await resolve(app.api, { selector: '#t' })).length === 1;
      });
      const response = await resolve(app.api, { selector: '#t', explain: true });
      expect(routesOf(response)).toEqual([otherModel.selector]);
      expect(consideredIn(response)[intact.selector]).toMatch(/^advanced_json: /);
      await app.api.delete(providerPath(other));
    });

    it('returns 409 on use until PATCH replaces the corrupt value', async () => {
      await corrupt('providers', 'advanced_json', provider.id, '{');
      const path = providerPath(provider);
      const conflict = { status: 409, code: 'llm_providers.configuration_unreadable' };
      for (const response of [
        await app.api.get(`${path}/available-models`),
        await app.api.post(`${path}/test`),
        await app.api.post(`${path}/models/import`, { models: 'all' }),
      ]) {
        expect(problem(response)).toEqual(conflict);
      }
      expect((await app.api.patch(path, { advanced_json: null })).status).toBe(200);
      const [row] = await app.database.query('SELECT advanced_json FROM providers WHERE id = ?', [
        provider.id,
      ]);
      expect(row!['advanced_json']).toBeNull();
      const selected = await resolve(app.api, { selector: intact.selector });
      expect(routesOf(selected)).toEqual([intact.selector]);
    });
  });

  it.each(CORRUPT)('is listed as an audit event without changes when they are %j', async (text) => {
    const [event] = await auditOf(app.api, model.id);
    await app.database.query('UPDATE audit_events SET changes = ? WHERE id = ?', [text, event.id]);
    expect((await auditOf(app.api, model.id))[0]).toEqual({ ...event, changes: {} });
  });
});

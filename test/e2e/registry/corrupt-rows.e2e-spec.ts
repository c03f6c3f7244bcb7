import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/http-client';
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
/** What else is no such JSON has a test beside the reader. */
const SPOILT = ['', '{', '5'];

describe('a row whose JSON was spoilt by hand', () => {
  let app: TestApp;
  let provider: Json;
  let model: Json;
  let sound: Json;

  beforeAll(async () => {
    app = await startTestApp({ env: { REGISTRY_POLL_MS: '50' } });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
    model = await createModel(app.api, provider.id, { tags: ['t'], when: { tier: 'pro' } });
    sound = await createModel(app.api, provider.id, { tags: ['t'] });
  });
  afterEach(() => app.api.delete(providerPath(provider)));

  async function spoil(table: string, column: string, id: string, text: string) {
    await app.database.query(`UPDATE ${table} SET ${column} = ? WHERE id = ?`, [text, id]);
    await app.database.query('UPDATE accounts SET revision = revision + 1');
  }

  /** Every read that shows the model, each as it shows it. */
  async function readings(): Promise<Json[]> {
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
    for (const models of lists) expect(models.map(({ id }) => id)).toContain(sound.id);
    return [...listed, (await app.api.get(modelPath(model))).body];
  }

  it.each(SPOILT)('is listed with a rule that never holds where its rule is %j', async (text) => {
    await spoil('provider_models', 'when_json', model.id, text);
    for (const shown of await readings()) expect(shown).toEqual({ ...model, when: NEVER });
  });

  it.each(SPOILT)('is listed without tags where they are %j', async (text) => {
    await spoil('provider_models', 'tags', model.id, text);
    for (const shown of await readings()) expect(shown).toEqual({ ...model, tags: [] });
  });

  it.each(SPOILT)('is listed without configuration where that is %j', async (text) => {
    await spoil('provider_models', 'advanced_json', model.id, text);
    for (const shown of await readings()) expect(shown).toEqual({ ...model, advanced_json: {} });
  });

  it('shows a rule that can be read back, and that holds no more than the spoilt one', async () => {
    const tried = await app.api.post('/v1/resolve/check', { when: NEVER, context: { unreadable: null } });
    expect(tried).toMatchObject({ status: 200, body: { matched: false } });
  });

  it.each([
    ['when_json', { when: {} }],
    ['tags', { tags: [] }],
    ['advanced_json', { advanced_json: {} }],
  ])('is sound again when its %s comes anew, and routed to', async (column, body) => {
    await spoil('provider_models', column, model.id, '{');
    expect((await app.api.patch(modelPath(model), body)).status).toBe(200);
    const [row] = await app.database.query(`SELECT ${column} AS text FROM provider_models WHERE id = ?`, [
      model.id,
    ]);
    expect(row!['text']).toBe(column === 'tags' ? '[]' : '{}');
    const answer = await resolve(app.api, { selector: model.selector, context: { tier: 'pro' } });
    expect(routesOf(answer)).toEqual([model.selector]);
  });

  it('keeps what was spoilt through a change of something else', async () => {
    await spoil('provider_models', 'when_json', model.id, '{"tier":');
    expect((await app.api.patch(modelPath(model), { priority: 7 })).body).toMatchObject({ when: NEVER });
    const [row] = await app.database.query('SELECT when_json FROM provider_models WHERE id = ?', [model.id]);
    expect(row!['when_json']).toBe('{"tier":');
  });

  it('can be deleted', async () => {
    await spoil('provider_models', 'when_json', model.id, '{');
    await spoil('provider_models', 'tags', sound.id, '{');
    expect((await app.api.delete(modelPath(model))).status).toBe(204);
    expect((await app.api.delete(providerPath(provider))).status).toBe(204);
  });

  describe('of a provider', () => {
    it.each(SPOILT)('is listed without configuration where that is %j', async (text) => {
      await spoil('providers', 'advanced_json', provider.id, text);
      for (const path of ['/v1/llm-providers', '/v1/llm-providers?limit=200']) {
        const { status, body } = await app.api.get(path);
        expect(status).toBe(200);
        expect((body as Json[]).find(({ id }) => id === provider.id).advanced_json).toBeNull();
      }
    });

    it('is not routed to, which says why, and the others are', async () => {
      const other = await createProvider(app.api);
      const elsewhere = await createModel(app.api, other.id, { tags: ['t'] });
      await spoil('providers', 'advanced_json', provider.id, '{');
      await eventually('routing follows', async () => {
        return routesOf(await resolve(app.api, { selector: '#t' })).length === 1;
      });
      const answer = await resolve(app.api, { selector: '#t', explain: true });
      expect(routesOf(answer)).toEqual([elsewhere.selector]);
      expect(consideredIn(answer)[sound.selector]).toMatch(/^advanced_json: /);
      await app.api.delete(providerPath(other));
    });

    it('is called for nothing until it comes anew', async () => {
      await spoil('providers', 'advanced_json', provider.id, '{');
      const path = providerPath(provider);
      const conflict = { status: 409, code: 'llm_providers.configuration_unreadable' };
      for (const answer of [
        await app.api.get(`${path}/available-models`),
        await app.api.post(`${path}/test`),
        await app.api.post(`${path}/models/import`, { models: 'all' }),
      ]) {
        expect(problem(answer)).toEqual(conflict);
      }
      expect((await app.api.patch(path, { advanced_json: null })).status).toBe(200);
      const [row] = await app.database.query('SELECT advanced_json FROM providers WHERE id = ?', [
        provider.id,
      ]);
      expect(row!['advanced_json']).toBeNull();
      const selected = await resolve(app.api, { selector: sound.selector });
      expect(routesOf(selected)).toEqual([sound.selector]);
    });
  });

  it.each(SPOILT)('of the audit is listed without its changes where they are %j', async (text) => {
    const [event] = await auditOf(app.api, model.id);
    await app.database.query('UPDATE audit_events SET changes = ? WHERE id = ?', [text, event.id]);
    expect((await auditOf(app.api, model.id))[0]).toEqual({ ...event, changes: {} });
  });
});

import { foldedModelKey } from '../../../src/common/identity-key';
import { GUARDED_HTTP_OPTIONS } from '../../../src/upstream/client/guarded-http-client';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  invalid,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { resolve } from '../../support/registry/routing';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const GOOGLE = 'generativelanguage.googleapis.com';

/** A host, the spelling that its list has, and the other one. */
const VENDORS: [string, string, string][] = [
  [GOOGLE, 'models/gemini-2.5-pro', 'gemini-2.5-pro'],
  ['ollama', 'llama3.2:latest', 'llama3.2'],
];

describe('the two spellings of a model', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    const toLoopback = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    Object.assign(app.app.get<object>(GUARDED_HTTP_OPTIONS), { resolve: toLoopback });
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  const providerAt = (host: string) =>
    createProvider(app.api, { base_url: `http://${host}:${upstream.port}/v1` });
  const list = (...ids: string[]) => upstream.script(replyJson(openaiModelList(ids)));
  const importModels = async (provider: Json, body: Json): Promise<Json> =>
    (await app.api.post(`${providerPath(provider)}/models/import`, body)).body;
  /** Stores a model as a version did that knew one spelling only. */
  const createWithoutAlias = async (provider: Json, model: string): Promise<Json> => {
    const stored = await createModel(app.api, provider.id, { model });
    await app.database.query('UPDATE provider_models SET aliases = NULL WHERE id = ?', [stored.id]);
    await app.database.query('DELETE FROM provider_model_names WHERE model_id = ? AND name_key <> ?', [
      stored.id,
      foldedModelKey(model),
    ]);
    return stored;
  };

  describe.each(VENDORS)('at %s', (host, listed, other) => {
    it.each([
      [listed, other],
      [other, listed],
    ])('select one model (%s)', async (model, second) => {
      const provider = await providerAt(host);
      await createModel(app.api, provider.id, { model });
      const { body } = await resolve(app.api, { selector: `${provider.name}^${second}` });
      expect(body.selected.model).toBe(model);
      const again = await app.api.post(`${providerPath(provider)}/models`, { model: second });
      expect(problem(again)).toMatchObject({ status: 409, code: 'llm_provider_models.model_conflict' });
    });

    it.each(['with', 'without'])('are one configured model, %s an alias', async (alias) => {
      const provider = await providerAt(host);
      list(listed, 'unrelated');
      if (alias === 'with') await createModel(app.api, provider.id, { model: other });
      else await createWithoutAlias(provider, other);
      const { body } = await app.api.get(`${providerPath(provider)}/available-models`);
      expect(body.models.map(({ id, configured }: Json) => [id, configured])).toEqual([
        [listed, true],
        ['unrelated', false],
      ]);
    });

    it('are one model of an import, which skips what was stored without an alias', async () => {
      const provider = await providerAt(host);
      list(listed, 'unrelated');
      const stored = await createWithoutAlias(provider, other);
      const { added, skipped } = await importModels(provider, { all: true });
      expect(added.map(({ model }: Json) => model)).toEqual(['unrelated']);
      expect(skipped).toEqual([{ id: listed, reason: 'exists' }]);
      const moved = await importModels(provider, { models: [other], default: listed });
      expect(moved).toMatchObject({
        added: [],
        skipped: [{ id: listed, reason: 'exists' }],
        default: { id: stored.id, model: other, reason: 'requested' },
      });
    });

    it('are both an id of an import, and both in one list are one model', async () => {
      const provider = await providerAt(host);
      list(listed, other);
      const { added, skipped } = await importModels(provider, { models: [other] });
      expect([added.map(({ model }: Json) => model), skipped]).toEqual([[other], []]);
      const all = await providerAt(host);
      const imported = await importModels(all, { all: true });
      expect(imported.added.map(({ model }: Json) => model)).toEqual([listed]);
      expect(imported.skipped).toEqual([{ id: other, reason: 'exists' }]);
    });
  });

  it('follow a new name', async () => {
    const provider = await providerAt(GOOGLE);
    const model = await createModel(app.api, provider.id, { model: 'gemini-1', aliases: ['fast'] });
    const { body } = await app.api.patch(modelPath(model), { model: 'gemini-2' });
    expect(body.aliases).toEqual(['fast', 'models/gemini-2']);
  });

  describe.each(VENDORS)('at %s stay aliases', (host, name, other) => {
    const own = Array.from({ length: 16 }, (_, index) => `alias-${index}`);

    it.each<[string, string[] | null, string[]]>([
      ['null', null, [other]],
      ['an empty list', [], [other]],
      ['a list without it', ['fast'], ['fast', other]],
      ['a list with it', [other, 'fast'], [other, 'fast']],
      ['as many as there may be', own, [...own, other]],
      ['as many, and the other spelling', [...own, other.toUpperCase()], [...own, other.toUpperCase()]],
    ])('when PATCH sets aliases to %s', async (_what, sent, aliases) => {
      const provider = await providerAt(host);
      const model = await createModel(app.api, provider.id, { model: name });
      expect((await app.api.patch(modelPath(model), { aliases: sent })).body.aliases).toEqual(aliases);
      const { body } = await resolve(app.api, { selector: `${provider.name}^${other}` });
      expect(body.selected.model).toBe(name);
      const again = await app.api.patch(modelPath(model), { aliases });
      expect([again.status, again.body.aliases]).toEqual([200, aliases]);
    });

    it('when a model is created with as many as there may be, and not with more', async () => {
      const provider = await providerAt(host);
      const created = await createModel(app.api, provider.id, { model: name, aliases: own });
      expect(created.aliases).toEqual([...own, other]);
      for (const aliases of [
        [...own, 'more'],
        [...own, other, 'more'],
      ]) {
        expect(problem(await app.api.patch(modelPath(created), { aliases }))).toEqual(invalid('/aliases'));
        const body = { model: 'unrelated', aliases };
        const rejected = await app.api.post(`${providerPath(provider)}/models`, body);
        expect(problem(rejected)).toEqual(invalid('/aliases'));
      }
    });

    it('of a model that was stored without, unless another model has the name', async () => {
      const provider = await providerAt(host);
      const model = await createWithoutAlias(provider, name);
      const patched = await app.api.patch(modelPath(model), { aliases: ['fast'] });
      expect(patched.body.aliases).toEqual(['fast', other]);
      const older = await createProvider(app.api, { base_url: upstream.url });
      const one = await createModel(app.api, older.id, { model: name });
      await createModel(app.api, older.id, { model: other });
      await app.api.patch(providerPath(older), { base_url: `http://${host}:${upstream.port}/v1` });
      expect((await app.api.patch(modelPath(one), { aliases: ['fast'] })).body.aliases).toEqual(['fast']);
    });

    it('also at the next base URL, where all of them may be sent', async () => {
      const provider = await providerAt(host);
      const model = await createModel(app.api, provider.id, { model: name, aliases: own });
      await app.api.patch(providerPath(provider), { base_url: upstream.url });
      const { status } = await app.api.patch(modelPath(model), { aliases: model.aliases, tags: ['x'] });
      expect(status).toBe(200);
    });
  });

  it('are two models at another host', async () => {
    const other = await createProvider(app.api);
    for (const model of ['models/x', 'x', 'x:latest']) await createModel(app.api, other.id, { model });
  });
});

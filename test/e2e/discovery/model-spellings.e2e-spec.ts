import { GUARDED_HTTP_OPTIONS } from '../../../src/upstream/client/guarded-http-client';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
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
    const { id } = await createModel(app.api, provider.id, { model });
    return (await app.api.patch(modelPath({ id, provider_id: provider.id }), { aliases: null })).body;
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

  it('never have more aliases than a request may send back', async () => {
    const provider = await providerAt(GOOGLE);
    const sixteen = Array.from({ length: 16 }, (_each, index) => `alias-${index}`);
    const model = await createModel(app.api, provider.id, { model: 'gemini-3', aliases: sixteen });
    const { status, body } = await app.api.patch(modelPath(model), { aliases: model.aliases });
    expect([status, body.aliases]).toEqual([200, sixteen]);
  });

  it.each([
    ['null', null, []],
    ['a list without it', ['fast'], ['fast']],
  ])('lose the automatic alias when PATCH sets aliases to %s', async (_what, sent, aliases) => {
    const provider = await providerAt(GOOGLE);
    const model = await createModel(app.api, provider.id, { model: 'gemini-1' });
    const { body } = await app.api.patch(modelPath(model), { aliases: sent });
    expect(body.aliases).toEqual(aliases);
    const { status } = await resolve(app.api, { selector: `${provider.name}^models/gemini-1` });
    expect(status).toBe(404);
  });

  it('are two models at another host', async () => {
    const other = await createProvider(app.api);
    for (const model of ['models/x', 'x', 'x:latest']) await createModel(app.api, other.id, { model });
  });
});

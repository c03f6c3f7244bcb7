import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  invalid,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const OFFERED = ['beta', 'alpha', 'gamma/v2:free'];

describe('the default model of an import', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(async () => {
    upstream.script(replyJson(openaiModelList(OFFERED)));
    provider = await createProvider(app.api, { base_url: upstream.url });
  });

  const importModels = (body: Json) => app.api.post(`${providerPath(provider)}/models/import`, body);
  const stored = async (): Promise<Json[]> => (await app.api.get(`${providerPath(provider)}/models`)).body;
  const names = (models: Json[]) => models.map(({ model }) => model);

  const defaults = async () => names((await stored()).filter(({ is_default }) => is_default));

  it("is the first in the upstream's order, if nothing says what chats", async () => {
    const { body } = await importModels({ models: ['gamma/v2:free', 'alpha'] });
    expect(await defaults()).toEqual(['alpha']);
    const { id } = (await stored()).find(({ model }) => model === 'alpha')!;
    expect(body.default).toEqual({ id, model: 'alpha', reason: 'first_offered' });
  });

  it('is the first chat model that can be called', async () => {
    const data = [
      { id: '*' },
      { id: 'babbage-002' },
      { id: 'text-embedding-3-small' },
      { id: 'retired-model', type: 'chat', status: 'Shutdown' },
      { id: 'inactive-model', type: 'chat', active: false },
      { id: 'z-image', type: 'image' },
      { id: 'z-chat', type: 'chat' },
      { id: 'a-chat', type: 'chat' },
    ];
    upstream.script(replyJson({ data }));
    const { body } = await importModels({ all: true });
    expect(body.default).toMatchObject({ model: 'z-chat', reason: 'first_chat_model' });
    expect(await defaults()).toEqual(['z-chat']);
    expect(body.skipped).toEqual(
      expect.arrayContaining(
        ['*', 'retired-model', 'inactive-model'].map((id) => ({ id, reason: 'not_callable' })),
      ),
    );
    const { body: resolved } = await app.api.post('/v1/resolve', { selector: `${provider.name}^` });
    expect(resolved.selected.model).toBe('z-chat');
  });

  it('is the one that the request names, new or not', async () => {
    expect((await importModels({ all: true, default: 'gamma/v2:free' })).body.default).toMatchObject({
      model: 'gamma/v2:free',
      reason: 'requested',
    });
    expect((await importModels({ models: ['beta'], default: 'beta' })).body).toMatchObject({
      added: [],
      default: { model: 'beta', reason: 'requested' },
    });
    expect(await defaults()).toEqual(['beta']);
    const stale = await importModels({ models: ['beta'], default: 'nobody' });
    expect(problem(stale)).toEqual(invalid('/default'));
  });

  it('may be a model that the list says cannot be called, if the request names it', async () => {
    upstream.script(replyJson({ data: [{ id: 'a', active: false }, { id: 'b' }] }));
    const { body } = await importModels({ models: ['a'] });
    expect(names(body.added)).toEqual(['a']);
  });

  it('stays when the provider has models', async () => {
    await createModel(app.api, provider.id, { model: 'mine' });
    const { body } = await importModels({ models: 'all' });
    expect(await defaults()).toEqual(['mine']);
    expect(body.default).toMatchObject({ model: 'mine', reason: 'kept' });
  });

  it('stays when the same models are imported again', async () => {
    expect((await importModels({ models: ['beta'] })).body.default.reason).toBe('first_offered');
    const again = { model: 'beta', reason: 'kept' };
    expect((await importModels({ models: ['beta'] })).body.default).toMatchObject(again);
    expect((await importModels({ models: 'all' })).body.default).toMatchObject(again);
  });

  describe('beside a model that the provider has', () => {
    const CHAT = {
      data: [
        { id: 'chat', type: 'chat' },
        { id: 'other', type: 'chat' },
        { id: 'emb', type: 'embedding' },
      ],
    };

    const add = async (model: string, fields: Json = {}) =>
      createModel(app.api, provider.id, { model, ...fields });

    beforeEach(() => upstream.script(replyJson(CHAT)));

    it.each<[string, Json[], Json, string, string]>([
      ['stays, also if the import would choose it', [{ model: 'chat' }], { all: true }, 'chat', 'kept'],
      ['stays, also if nothing is new', [{ model: 'emb' }], { models: ['emb'] }, 'emb', 'kept'],
      [
        'is requested by its name alone',
        [{ model: 'mine' }, { model: 'chat' }],
        { models: ['emb'], default: 'chat' },
        'chat',
        'requested',
      ],
      [
        'is requested in another case',
        [{ model: 'mine' }, { model: 'Chat' }],
        { models: ['emb'], default: 'CHAT' },
        'Chat',
        'requested',
      ],
      [
        'is requested, though the upstream does not list it',
        [{ model: 'mine' }, { model: 'gone' }],
        { all: true, default: 'gone' },
        'gone',
        'requested',
      ],
      [
        'is requested by an alias',
        [{ model: 'mine' }, { model: 'big', aliases: ['chat'] }],
        { models: ['chat'], default: 'chat' },
        'big',
        'requested',
      ],
      [
        'is requested and is the default',
        [{ model: 'chat' }],
        { models: ['emb'], default: 'chat' },
        'chat',
        'requested',
      ],
      [
        'replaces a disabled one',
        [{ model: 'mine', enabled: false }],
        { all: true },
        'chat',
        'first_chat_model',
      ],
      [
        'is not a disabled one',
        [{ model: 'chat', enabled: false }],
        { all: true },
        'other',
        'first_chat_model',
      ],
      [
        'is an enabled one',
        [{ model: 'mine', enabled: false }, { model: 'chat' }],
        { all: true },
        'chat',
        'first_chat_model',
      ],
      [
        'is the first of those that are new',
        [{ model: 'chat', enabled: false }],
        { models: ['emb'] },
        'emb',
        'first_offered',
      ],
      [
        'stays disabled, if nothing else is imported',
        [{ model: 'chat', enabled: false }],
        { models: ['chat'] },
        'chat',
        'kept',
      ],
    ])('%s', async (_what, existing, body, model, reason) => {
      for (const { model: name, ...fields } of existing) await add(name, fields);
      const response = await importModels(body);
      expect(response.body.default).toMatchObject({ model, reason });
      expect(await defaults()).toEqual([model]);
      const again = await importModels(body);
      expect(again.body.default).toMatchObject({ model, reason: reason === 'requested' ? reason : 'kept' });
    });

    it.each([
      ['nor the provider', { models: ['emb'], default: 'nobody' }],
      ['into an empty provider', { models: ['emb'], default: 'chat' }],
      ['of nothing new', { models: ['emb'], default: 'nobody' }],
    ])('is 422 if neither the import has it, %s', async (what, body) => {
      if (what === 'nor the provider') await add('mine');
      if (what === 'of nothing new') await add('emb');
      expect(problem(await importModels(body))).toEqual(invalid('/default'));
      expect(await stored()).toHaveLength(what === 'into an empty provider' ? 0 : 1);
    });
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken, newApiKey } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  modelPath,
  createOtherAccount,
  problem,
  providerPath,
} from '../../support/registry/factories';

describe('GET /v1/selectors', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    api = await createOtherAccount(app);
  });

  const list = async (query = '') => {
    const response = await api.get(`/v1/selectors${query}`);
    expect(response.status).toBe(200);
    return response;
  };
  const selectorsIn = ({ body }: ApiResponse) => (body as Json[]).map(({ selector }) => selector);
  const next = ({ headers }: ApiResponse) => /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];

  it('returns an empty list without models', async () => {
    expect((await list()).body).toEqual([]);
    await createProvider(api);
    expect((await list()).body).toEqual([]);
  });

  it('returns the fields of each model that a picker needs', async () => {
    const provider = await createProvider(api, { name: 'Main', provider: 'anthropic' });
    const first = await createModel(api, provider.id, { model: 'own^1', tags: ['b', 'A'] });
    const second = await createModel(api, provider.id, { model: 'own-2', when: { a: 1 } });
    const common = { provider: 'anthropic', provider_id: provider.id, aliases: [] };
    const response = await list();
    expect(response.body).toEqual([
      {
        ...common,
        selector: 'Main^own^1',
        model: 'own^1',
        model_id: first.id,
        is_default: true,
        tags: ['b', 'A'],
      },
      { ...common, selector: 'Main^own-2', model: 'own-2', model_id: second.id, is_default: false, tags: [] },
    ]);
    for (const { selector, model_id } of response.body) {
      expect((await api.post('/v1/resolve', { selector })).body.selected).toMatchObject({ model_id });
    }
  });

  describe('in its order', () => {
    const EXPECTED = ['z^high', 'z^a', 'z^b', 'z^low', 'a^m2', 'a^m1'];

    beforeEach(async () => {
      const [z, a] = [await createProvider(api, { name: 'z' }), await createProvider(api, { name: 'a' })];
      await createModel(api, a.id, { model: 'm1', priority: -5 });
      for (const [model, priority] of [
        ['low', -1],
        ['a', 0],
        ['b', 0],
        ['high', 7],
      ] as const) {
        await createModel(api, z.id, { model, priority });
      }
      await createModel(api, a.id, { model: 'm2' });
    });

    it('returns the oldest provider first, then higher priority, then older models', async () => {
      expect(selectorsIn(await list())).toEqual(EXPECTED);
    });

    it.each([1, 2, 3, 5, 6, 200])(
      'returns each model once in pages of %i, without an empty page',
      async (limit) => {
        const found: string[][] = [];
        for (let path: string | undefined = `/v1/selectors?limit=${limit}`; path;) {
          const page: ApiResponse = await api.get(path);
          found.push(selectorsIn(page));
          path = next(page);
        }
        expect(found.flat()).toEqual(EXPECTED);
        expect(found).toHaveLength(Math.ceil(6 / limit));
      },
    );

    it('continues after the last item of a page, even if it was deleted', async () => {
      const first = await list('?limit=3');
      expect(selectorsIn(first)).toEqual(EXPECTED.slice(0, 3));
      await api.delete(modelPath({ id: first.body[2].model_id, provider_id: first.body[2].provider_id }));
      expect(selectorsIn(await api.get(next(first)!))).toEqual(EXPECTED.slice(3));
      const { provider_id } = first.body[0];
      await api.delete(providerPath({ id: provider_id }));
      expect(selectorsIn(await api.get(next(first)!))).toEqual(EXPECTED.slice(4));
    });

    it('returns all remaining models for a cursor without a limit', async () => {
      const cursor = new URL(next(await list('?limit=4'))!, 'http://host').searchParams.get('cursor');
      expect(selectorsIn(await list(`?cursor=${cursor}`))).toEqual(EXPECTED.slice(4));
    });

    it('rejects the cursor of another list or account', async () => {
      const cursor = new URL(next(await list('?limit=1'))!, 'http://host').searchParams.get('cursor');
      const others = await api.get('/v1/llm-providers?limit=1');
      const theirs = new URL(next(others)!, 'http://host').searchParams.get('cursor');
      const stranger = await createOtherAccount(app);
      for (const response of [
        await api.get(`/v1/selectors?cursor=${theirs}`),
        await stranger.get(`/v1/selectors?cursor=${cursor}`),
        await api.get(`/v1/llm-providers?cursor=${cursor}`),
        await api.get('/v1/selectors?cursor=x'),
      ]) {
        expect(problem(response)).toEqual({ status: 400, code: 'query.cursor' });
      }
    });
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'limit=', 'tag=a', 'limit=1&limit=2'])(
    'rejects ?%s',
    async (query) => {
      expect((await api.get(`/v1/selectors?${query}`)).status).toBe(400);
    },
  );

  it('returns an ETag that changes with each change of the list', async () => {
    const provider = await createProvider(api);
    const model = await createModel(api, provider.id);
    const changes: (() => Promise<unknown>)[] = [
      () => api.patch(modelPath(model), { tags: ['t'] }),
      () => api.patch(modelPath(model), { priority: 1, model: 'renamed' }),
      () => createModel(api, provider.id, { is_default: true }),
      () => api.patch(providerPath(provider), { name: 'renamed' }),
      () => api.delete(modelPath(model)),
    ];
    for (const change of changes) {
      const etag = (await list()).headers.get('etag')!;
      expect(etag).toMatch(/^"[\x21\x23-\x7e]+"$/);
      const same = await api.get('/v1/selectors', { headers: { 'if-none-match': etag } });
      expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag]);
      await change();
      const changed = await api.get('/v1/selectors', { headers: { 'if-none-match': etag } });
      expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false]);
    }
    const head = await api.request('HEAD', '/v1/selectors');
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('excludes models while their provider is unusable', async () => {
    const [broken, usable] = [await createProvider(api, { name: 'broken' }), await createProvider(api)];
    await createModel(api, broken.id, { model: 'm' });
    const { selector } = await createModel(api, usable.id);
    expect(selectorsIn(await list())).toEqual(['broken^m', selector]);
    await app.database.query("UPDATE providers SET sealed_api_key = 'x' WHERE id = ?", [broken.id]);
    // Change another field, so the row is read again.
    await api.patch(providerPath(broken), { advanced_json: { seed: 1 } });
    expect(selectorsIn(await list())).toEqual([selector]);
    await api.patch(providerPath(broken), { api_key: newApiKey() });
    expect(selectorsIn(await list())).toEqual(['broken^m', selector]);
  });

  it('returns only models of the account, even with equal names', async () => {
    const stranger = await createOtherAccount(app);
    for (const each of [api, stranger]) {
      await createModel(each, (await createProvider(each, { name: 'same' })).id, { model: 'same' });
    }
    const [mine, theirs] = [await list(), await stranger.get('/v1/selectors')];
    expect([mine.body.length, theirs.body.length]).toEqual([1, 1]);
    expect(mine.body[0].model_id).not.toBe(theirs.body[0].model_id);
    expect(mine.headers.get('etag')).not.toBe(theirs.headers.get('etag'));
  });

  it('requires the scope providers:read', async () => {
    const statusWith = async (scope: string) =>
      (await (await issueToken(app, [scope])).api.get('/v1/selectors')).status;
    expect(await statusWith('providers:read')).toBe(200);
    expect(await statusWith('gateway:use')).toBe(403);
  });
});

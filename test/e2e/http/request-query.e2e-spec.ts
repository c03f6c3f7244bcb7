import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider } from '../../support/clients/accounts';

describe('the query of a request', () => {
  let app: TestApp;
  let id: string;

  beforeAll(async () => {
    app = await startTestApp();
    ({ id } = await createProvider(app.api, { name: 'only' }, ['m1', 'm2']));
  });
  afterAll(() => app.stop());

  const status = async (path: string) => (await app.api.get(path)).status;
  const lists = () => [
    '/v1/llm-providers',
    '/v1/tokens',
    '/v1/audit-events',
    '/v1/selectors',
    `/v1/llm-providers/${id}/models`,
  ];

  it.each([
    '0',
    '-1',
    '201',
    '1000',
    '1.5',
    '1e2',
    '+1',
    ' 1',
    '1 ',
    '0x1',
    '',
    'all',
    '\u0661',
    '1,2',
    '99999999999999999999',
  ])('rejects the limit %j', async (limit) => {
    for (const list of lists()) {
      const response = await app.api.get(`${list}?limit=${encodeURIComponent(limit)}`);
      expect(response).toMatchObject({ status: 400, body: { code: 'query.limit' } });
    }
  });

  it.each(['1', '200', '007'])('accepts the limit %s', async (limit) => {
    for (const list of lists()) expect(await status(`${list}?limit=${limit}`)).toBe(200);
  });

  it.each(['', 'x', '%00', 'null', '....', '%ff', 'eyJpZCI6MX0'])(
    'rejects the invented cursor %j',
    async (cursor) => {
      for (const list of lists()) {
        const response = await app.api.get(`${list}?limit=1&cursor=${cursor}`);
        expect(response).toMatchObject({ status: 400, body: { code: 'query.cursor' } });
      }
    },
  );

  it('rejects repeated parameters', async () => {
    for (const list of lists()) {
      for (const query of [
        'limit=1&limit=1',
        'limit=1&limit=2',
        'limit=1&cursor=&limit=1',
        'cursor=a&cursor=b',
      ]) {
        expect(await status(`${list}?${query}`)).toBe(400);
      }
    }
    expect(await status('/v1/llm-providers?name=a&name=b')).toBe(400);
    expect(await status(`/v1/llm-providers/${id}/available-models?refresh=true&refresh=true`)).toBe(400);
  });

  it.each([
    'x=1',
    'Limit=1',
    'limit[]=1',
    'limit[gt]=1',
    'name[$ne]=x',
    '__proto__=1',
    'constructor=1',
    'hasOwnProperty=1',
    '=1',
    'sort=name;drop',
  ])('rejects the unknown parameter %s', async (query) => {
    const paths = [
      ...lists(),
      '/v1/account',
      `/v1/llm-providers/${id}`,
      `/v1/llm-providers/${id}/available-models`,
    ];
    for (const path of paths) {
      const response = await app.api.get(`${path}?${query}`);
      expect(response).toMatchObject({ status: 400, body: { code: 'query.unknown_parameter' } });
    }
  });

  it('rejects unknown parameters of a write before anything is written', async () => {
    const response = await app.api.delete(`/v1/llm-providers/${id}?force=true`);
    expect(response.status).toBe(400);
    expect(await status(`/v1/llm-providers/${id}`)).toBe(200);
  });

  it.each(['resolve', 'resolve/check', 'cost'])(
    'rejects parameters of /v1/%s, which takes a body',
    async (path) => {
      const response = await app.api.post(`/v1/${path}?selector=only^`, { when: {}, context: {} });
      expect(response).toMatchObject({ status: 400, body: { code: 'query.unknown_parameter' } });
    },
  );

  it('accepts an empty query', async () => {
    expect(await status('/v1/llm-providers?')).toBe(200);
  });

  it.each(['%', '_', 'onl_', 'o%', 'only%00', "only' --", 'on\\ly', '*'])(
    'filters by the literal name: %s matches nothing',
    async (name) => {
      const response = await app.api.get(`/v1/llm-providers?name=${encodeURIComponent(name)}`);
      expect(response).toMatchObject({ status: 200, body: [] });
    },
  );

  it.each(['only', 'ONLY', ' only ', 'ｏｎｌｙ'])(
    'filters by name, ignoring case and width: %s',
    async (name) => {
      const response = await app.api.get(`/v1/llm-providers?name=${encodeURIComponent(name)}`);
      expect(response.body.map((row: { id: string }) => row.id)).toEqual([id]);
    },
  );

  it.each(['azure', 'OPENAI', '', 'openai,anthropic'])('rejects the unknown kind %j', async (kind) => {
    expect(await status(`/v1/llm-providers?provider=${kind}`)).toBe(400);
  });

  it.each(['yes', '1', 'TRUE', ''])('rejects the refresh value %j', async (refresh) => {
    expect(await status(`/v1/llm-providers/${id}/available-models?refresh=${refresh}`)).toBe(400);
  });

  it('rejects a cursor of another list or filter', async () => {
    await createProvider(app.api);
    const next = async (path: string) => {
      const link = (await app.api.get(path)).headers.get('link');
      return new URL(/<([^>]+)>/.exec(link ?? '')![1]!, app.url).searchParams.get('cursor')!;
    };
    const all = await next('/v1/llm-providers?limit=1');
    const ofKind = await next('/v1/llm-providers?limit=1&provider=openai');
    const models = await next(`/v1/llm-providers/${id}/models?limit=1`);
    expect(await status(`/v1/llm-providers?limit=1&cursor=${all}`)).toBe(200);
    for (const path of [
      `/v1/llm-providers?provider=openai&cursor=${all}`,
      `/v1/llm-providers?enabled=true&cursor=${all}`,
      `/v1/llm-providers?cursor=${ofKind}`,
      `/v1/llm-providers?cursor=${models}`,
      `/v1/tokens?cursor=${all}`,
      `/v1/llm-providers/${id}/models?cursor=${all}`,
    ]) {
      expect(await status(path)).toBe(400);
    }
  });
});

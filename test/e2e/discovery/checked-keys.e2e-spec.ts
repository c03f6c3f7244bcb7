import { GUARDED_HTTP_OPTIONS } from '../../../src/upstream/client/guarded-http-client';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiResponse, Json } from '../../support/clients/api-client';
import { API_KEY, auditOf, createProvider, problem, providerPath } from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const GOOD = 'key-that-is-good-0123456789';
const WRONG = 'key-that-is-wrong-0123456789';
const LIST = replyJson(openaiModelList(['one']));
const REJECTION = replyJson({ error: { message: 'No such key' } }, 401);

/** A list that needs the key. */
const privateList: Reply = (response, request) =>
  (request.headers.authorization === undefined ? REJECTION : LIST)(response, request);
/** A public list, and an endpoint for keys, as at OpenRouter. */
const keyEndpoint =
  (reply: Reply): Reply =>
  (response, request) =>
    (request.url.endsWith('/key') ? reply : LIST)(response, request);

describe('what a list says about its key', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let paths = 0;

  beforeAll(async () => {
    app = await startTestApp();
    const toLoopback = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    Object.assign(app.app.get<object>(GUARDED_HTTP_OPTIONS), { resolve: toLoopback });
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  /** Each path is another list, because what a list without a key says is cached. */
  const baseUrl = (host: string) => `http://${host}:${upstream.port}/${paths++}/v1`;
  const create = (host: string): Promise<Json> => createProvider(app.api, { base_url: baseUrl(host) });

  const ROUTES: [string, (host: string) => Promise<ApiResponse>][] = [
    [
      'discover',
      (host) =>
        app.api.post('/v1/llm-providers/discover', {
          provider: 'openai',
          api_key: API_KEY,
          base_url: baseUrl(host),
        }),
    ],
    [
      'import',
      async (host) => app.api.post(`${providerPath(await create(host))}/models/import`, { all: true }),
    ],
    ['the test', async (host) => app.api.post(`${providerPath(await create(host))}/test`)],
  ];

  describe.each(ROUTES)('is said by %s', (route, send) => {
    it.each<[string, string, Reply, Json]>([
      ['accepted, for a list that needs it', '127.0.0.1', privateList, { key: 'accepted' }],
      ['not_checked, for a public list', '127.0.0.1', LIST, { key: 'not_checked' }],
      ['accepted by the endpoint for keys', 'openrouter.ai', keyEndpoint(replyJson({})), { key: 'accepted' }],
      [
        'not_checked, if that endpoint fails',
        'openrouter.ai',
        keyEndpoint(replyJson({}, 500)),
        { key: 'not_checked' },
      ],
    ])('%s', async (_what, host, reply, expected) => {
      upstream.script(reply);
      const { status, body } = await send(host);
      expect(status).toBe(200);
      expect(body).toMatchObject(expected);
      expect(body.detail === undefined).toBe(body.key === 'accepted');
    });

    it('rejects a key that the endpoint for keys rejects', async () => {
      upstream.script(keyEndpoint(REJECTION));
      const { status, body } = await send('openrouter.ai');
      const rejected = route === 'the test' ? body.error : { ...body, status };
      expect(rejected).toMatchObject({ code: 'llm_providers.upstream_auth_failed' });
      expect(rejected.detail).toContain('No such key');
    });
  });

  it.each<[string, readonly (readonly [key: string, verdict: string])[]]>([
    [
      'a good key, then a wrong one',
      [
        [GOOD, 'accepted'],
        [WRONG, 'not_checked'],
      ],
    ],
    [
      'a wrong key, then a good one',
      [
        [WRONG, 'not_checked'],
        [GOOD, 'accepted'],
      ],
    ],
    [
      'two wrong keys',
      [
        [WRONG, 'not_checked'],
        [WRONG, 'not_checked'],
      ],
    ],
  ])(
    'is judged by its own list at an upstream that lists nothing for wrong keys: %s',
    async (_what, keys) => {
      for (const anonymous of [replyJson(openaiModelList([])), REJECTION]) {
        const base_url = baseUrl('127.0.0.1');
        upstream.script((response, request) => {
          const { authorization } = request.headers;
          const none = authorization === undefined ? anonymous : replyJson(openaiModelList([]));
          return (authorization === `Bearer ${GOOD}` ? LIST : none)(response, request);
        });
        for (const [api_key, key] of keys) {
          const provider = await createProvider(app.api, { base_url, api_key });
          const tested = await app.api.post(`${providerPath(provider)}/test`);
          const found = await app.api.post('/v1/llm-providers/discover', {
            provider: 'openai',
            api_key,
            base_url,
          });
          expect([tested.body.key, found.body.key]).toEqual([key, key]);
        }
      }
    },
  );

  it('adds nothing and is recorded when the vendor rejects the key of an import', async () => {
    upstream.script(keyEndpoint(REJECTION));
    const provider = await create('openrouter.ai');
    const response = await app.api.post(`${providerPath(provider)}/models/import`, { all: true });
    expect(problem(response)).toEqual({ status: 422, code: 'llm_providers.upstream_auth_failed' });
    expect((await app.api.get(`${providerPath(provider)}/models`)).body).toEqual([]);
    const results = (await auditOf(app.api, provider.id)).map(({ action, changes }) => [
      action,
      changes.result?.after,
    ]);
    expect(results).toContainEqual(['provider.test', 'llm_providers.upstream_auth_failed']);
  });

  it('is absent from the list of a stored provider, which needs no further request', async () => {
    upstream.script(LIST);
    const { body } = await app.api.get(`${providerPath(await create('127.0.0.1'))}/available-models`);
    expect(body).not.toHaveProperty('key');
    expect(upstream.requests).toHaveLength(1);
  });
});

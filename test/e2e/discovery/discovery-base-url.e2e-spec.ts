import { startTestApp, type TestApp } from '../../support/app/app';
import { createModel, createProvider, providerPath } from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** Base paths that a user may enter, and the base paths of the requests for both kinds. */
const PATHS: readonly [entered: string, openai: string, anthropic: string][] = [
  ['', '/v1', '/v1'],
  ['/', '/v1', '/v1'],
  ['/v1', '/v1', '/v1'],
  ['/v1/', '/v1', '/v1'],
  ['/v1//', '/v1', '/v1'],
  ['/proxy/v1', '/proxy/v1', '/proxy/v1'],
  ['/proxy/v1/', '/proxy/v1', '/proxy/v1'],
  ['/openai/v1', '/openai/v1', '/openai/v1'],
  ['/v1beta/openai', '/v1beta/openai', '/v1beta/openai/v1'],
  ['/custom', '/custom', '/custom/v1'],
];

describe('a base URL', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    const body = {
      ...openaiModelList(['one']),
      has_more: false,
      output: [],
      choices: [{ index: 0 }],
      content: [],
      object: 'response',
      type: 'message',
    };
    upstream = await ScriptedUpstream.start(replyJson(body));
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(() => (upstream.requests.length = 0));

  /** Without the list that the test of the provider may ask for without the key. */
  const requested = () =>
    upstream.requests
      .filter(({ headers }) => headers.authorization ?? headers['x-api-key'])
      .map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`);

  describe.each(PATHS)('host%s', (entered, openai, anthropic) => {
    it.each([
      ['openai', openai, '/chat/completions'],
      ['anthropic', anthropic, '/messages'],
    ])('leads every request to one version segment (%s: %s)', async (provider, base, call) => {
      const openai_api_mode = provider === 'openai' ? 'chat_completions' : null;
      const fields = { provider, base_url: `${upstream.url}${entered}`, openai_api_mode };
      const created = await createProvider(app.api, fields);
      const model = await createModel(app.api, created.id, { model: 'one' });
      const path = providerPath(created);
      await app.api.get(`${path}/available-models`);
      await app.api.post(`${path}/test`);
      await app.api.post('/v1/llm-providers/discover', { ...fields, api_key: 'sk-unsaved-0123456789' });
      expect((await app.api.post(`${path}/models/${model.id}/test`)).body).toMatchObject({ ok: true });
      const list = `GET ${base}/models`;
      expect(requested()).toEqual([list, list, list, `POST ${base}${call}`]);
    });
  });

  it('leads to the Responses API under the same segment', async () => {
    const created = await createProvider(app.api, { base_url: upstream.url, openai_api_mode: 'responses' });
    const model = await createModel(app.api, created.id, { model: 'one' });
    await app.api.post(`${providerPath(created)}/models/${model.id}/test`);
    expect(requested()).toEqual(['POST /v1/responses']);
  });
});

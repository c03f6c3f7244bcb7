import { startTestApp, type TestApp } from '../../support/app/app';
import { newApiKey } from '../../support/clients/accounts';
import type { Json } from '../../support/clients/api-client';
import {
  createClientWith,
  createModel,
  createProvider,
  invalid,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { resolve } from '../../support/registry/routing';
import { availableModels, idsOf } from '../../support/upstreams/discovery-factories';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const REPLY = { data: [{ id: 'one' }], choices: [{ index: 0 }], content: [{ type: 'text' }] };

describe('the settings of a provider', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(() => upstream.script(replyJson(REPLY)));

  /** Lists, tests and calls a model, and returns the paths and the headers of every request. */
  const call = async (fields: Json) => {
    const provider = await createProvider(app.api, { base_url: upstream.url, ...fields });
    const model = await createModel(app.api, provider.id, { model: 'one' });
    expect(idsOf(await availableModels(app.api, providerPath(provider)))).toEqual(['one']);
    const test = await app.api.post(`${providerPath(provider)}/models/${model.id}/test`);
    expect(test.body).toMatchObject({ ok: true });
    const { body } = await resolve(app.api, { selector: model.selector });
    return {
      paths: upstream.requests.map(({ url }) => url.replace(/\?.*/, '')),
      headers: upstream.requests.map(({ headers }) => headers),
      baseUrl: body.selected.base_url,
    };
  };

  it.each([
    ['anthropic', 'bearer', { authorization: 'Bearer ops:correct-horse-battery' }],
    ['openai', 'api-key', { 'api-key': 'ops:correct-horse-battery' }],
    ['openai', 'basic', { authorization: 'Basic b3BzOmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ==' }],
    ['openai', 'none', {}],
  ])('send the key of kind %s as %s in every call', async (provider, auth_scheme, expected) => {
    const openai_api_mode = provider === 'openai' ? 'chat_completions' : null;
    const advanced_json = { auth_scheme };
    const fields = { provider, openai_api_mode, advanced_json, api_key: 'ops:correct-horse-battery' };
    const { headers } = await call(fields);
    expect(headers).toHaveLength(2);
    for (const sent of headers) {
      const { authorization, 'x-api-key': x, 'api-key': key } = sent;
      expect(JSON.parse(JSON.stringify({ authorization, 'x-api-key': x, 'api-key': key }))).toEqual(expected);
    }
  });

  it('show nothing of a password', async () => {
    const fields = { api_key: 'ops:correct-horse-battery', advanced_json: { auth_scheme: 'basic' } };
    const { text, body } = await app.api.get(providerPath(await createProvider(app.api, fields)));
    expect(body.key_prefix).toBe('ops');
    expect(text).not.toContain('correct');
  });

  it('put nothing behind a complete base URL, in calls and in resolve', async () => {
    const advanced_json = { complete_base_url: true };
    const openai_api_mode = 'chat_completions';
    const { paths, baseUrl } = await call({ advanced_json, openai_api_mode });
    expect(paths).toEqual(['/models', '/chat/completions']);
    expect(baseUrl).toBe(upstream.url);
  });

  it('ask for the list at models_path, and for calls below the base URL', async () => {
    const advanced_json = { models_path: '/catalog/models' };
    const openai_api_mode = 'chat_completions';
    const { paths } = await call({ base_url: `${upstream.url}/inference`, advanced_json, openai_api_mode });
    expect(paths).toEqual(['/catalog/models', '/inference/chat/completions']);
  });

  it.each<[string, unknown]>([
    ['auth_scheme', 'digest'],
    ['auth_scheme', null],
    ['complete_base_url', 'yes'],
    ['models_path', 'https://elsewhere.example/models'],
    ['models_path', '//elsewhere.example/models'],
    ['models_path', '/a/../b'],
    ['models_path', '/models?x=1'],
  ])('reject an invalid %s (%j)', async (key, value) => {
    const body = { name: 'p', provider: 'openai', api_key: newApiKey(), advanced_json: { [key]: value } };
    expect(problem(await app.api.post('/v1/llm-providers', body))).toEqual(invalid(`/advanced_json/${key}`));
  });

  it.each(['auth_scheme', 'complete_base_url', 'models_path'])(
    'do not belong to a model (%s)',
    async (key) => {
      const valid = { auth_scheme: 'none', complete_base_url: true, models_path: '/x' };
      const provider = await createProvider(app.api, { base_url: upstream.url });
      const body = { model: 'm', advanced_json: { [key]: valid[key as keyof typeof valid] } };
      const response = await app.api.post(`${providerPath(provider)}/models`, body);
      expect(problem(response)).toEqual(invalid(`/advanced_json/${key}`));
    },
  );

  it.each([{ models_path: '/other/tenant' }, { complete_base_url: true }])(
    'need the key again when they change the paths of calls (%j)',
    async (advanced_json) => {
      const provider = await createProvider(app.api, { base_url: upstream.url });
      const writer = await createClientWith(app, ['providers:read', 'providers:write']);
      const path = providerPath(provider);
      expect(problem(await writer.patch(path, { advanced_json }))).toEqual({
        status: 422,
        code: 'llm_providers.api_key_required',
        pointers: ['/api_key'],
      });
      const confirmed = { advanced_json, api_key: newApiKey(), base_url: upstream.url };
      expect((await writer.patch(path, confirmed)).status).toBe(200);
      expect((await writer.patch(path, { advanced_json: { ...advanced_json, seed: 1 } })).status).toBe(200);
    },
  );

  it.each(['/v1/chat/completions', '/v1/responses', '/v1/embeddings', '/v1/messages', '/v1/models'])(
    'reject the URL of a single endpoint as base_url (%s), also to discover',
    async (path) => {
      const body = { provider: 'openai', api_key: newApiKey(), base_url: `${upstream.url}${path}` };
      const created = await app.api.post('/v1/llm-providers', { name: 'p', ...body });
      expect(problem(created)).toEqual(invalid('/base_url'));
      expect(created.body.detail).toContain(`${upstream.url}/v1.`);
      expect(problem(await app.api.post('/v1/llm-providers/discover', body))).toEqual(invalid('/base_url'));
    },
  );
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import type { ApiClient, Json } from '../../support/clients/api-client';
import {
  auditOf,
  createModel,
  createProvider,
  modelPath,
  providerPath,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const CHAT = { object: 'chat.completion', choices: [{ message: { role: 'assistant', content: 'Hi' } }] };

describe('a call that sends a key to an upstream', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let provider: Json;
  let tokenId: string;
  let api: ApiClient;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
    ({ id: tokenId, api } = await issueToken(app, ['providers:write'], { name: 'tester' }));
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(async () => {
    upstream.script(replyJson(openaiModelList(['m'])));
    provider = await createProvider(app.api, { base_url: upstream.url });
  });

  /** Returns the events of a resource after its creation. */
  const usesOf = async (id: string) => (await auditOf(app.api, id)).slice(1);
  const use = (action: string, result: string) => ({
    actor: { token_id: tokenId, token_name: 'tester' },
    action,
    changes: { result: { before: null, after: result } },
  });

  it('is an event with its result when it tests a provider', async () => {
    await api.post(`${providerPath(provider)}/test`);
    upstream.script(replyJson({}, 401));
    await api.post(`${providerPath(provider)}/test`);
    expect(await usesOf(provider.id)).toMatchObject([
      use('provider.test', 'ok'),
      use('provider.test', 'llm_providers.upstream_auth_failed'),
    ]);
  });

  it('is an event when it lists available models, but the cached list is none', async () => {
    const path = `${providerPath(provider)}/available-models`;
    await api.get(path);
    await api.get(path);
    upstream.script(replyJson({}, 500));
    await api.get(`${path}?refresh=true`);
    expect(await usesOf(provider.id)).toMatchObject([
      use('provider.discover', 'ok'),
      use('provider.discover', 'llm_providers.upstream_error'),
    ]);
  });

  it('is no event when no key was sent', async () => {
    await app.database.query('UPDATE providers SET secret_version = 7 WHERE id = ?', [provider.id]);
    expect((await api.post(`${providerPath(provider)}/test`)).status).toBe(409);
    expect((await api.get(`${providerPath(provider)}/available-models`)).status).toBe(409);
    expect(await usesOf(provider.id)).toEqual([]);
  });

  it('is an event when it tests a model, with another one for the protocol that Caret learnt', async () => {
    const model = await createModel(app.api, provider.id, { model: 'm' });
    upstream.script((response, request) =>
      (request.url.endsWith('/chat/completions') ? replyJson(CHAT) : replyJson({}, 404))(response, request),
    );
    await api.post(`${modelPath(model)}/test`);
    await api.post(`${modelPath(model)}/test`);
    expect(await usesOf(model.id)).toMatchObject([
      {
        actor: { token_id: tokenId },
        action: 'model.learn',
        resource: { type: 'model', name: `${provider.name}^m` },
        changes: { learned_protocol: { before: null, after: 'openai_chat_completions' } },
      },
      use('model.test', 'ok'),
      use('model.test', 'ok'),
    ]);
  });
});

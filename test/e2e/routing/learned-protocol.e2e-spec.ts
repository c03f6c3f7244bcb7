import { startTestApp, type TestApp } from '../../support/app/app';
import { newApiKey } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import { engine } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import {
  createModel,
  createProvider,
  modelPath,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { resolve } from '../../support/registry/routing';
import { createGate } from '../../support/upstreams/discovery-factories';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const CHAT = { object: 'chat.completion', choices: [{ message: { role: 'assistant', content: 'Hi' } }] };
const RESPONSE = { object: 'response', output: [] };

/** An upstream with only chat completions. */
const chatOnly: Reply = (response, request) => {
  const reply = request.url.endsWith('/chat/completions')
    ? replyJson(CHAT)
    : replyJson({ error: { message: 'Not found' } }, 404);
  return reply(response, request);
};

describe('the protocol in mode auto', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let provider: Json;
  let model: Json;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(async () => {
    upstream.script(chatOnly);
    provider = await createProvider(app.api, { base_url: upstream.url });
    model = await createModel(app.api, provider.id);
  });

  const test = async () => {
    const { body } = await app.api.post(`${modelPath(model)}/test`);
    expect(body).toEqual({ ok: true, latency_ms: expect.any(Number) });
  };
  /** Resolves by the current names of the model and its provider. */
  const protocolOf = async ({ id }: Json, api: ApiClient = app.api) => {
    const { body: shown } = await app.api.get(providerPath(provider));
    const { selector } = (shown.models as Json[]).find((each) => each.id === id);
    return (await resolve(api, { selector })).body.selected.protocol;
  };

  it('is responses until a test finds only chat completions', async () => {
    expect(await protocolOf(model)).toBe('openai_responses');
    await test();
    expect(await protocolOf(model)).toBe('openai_chat_completions');
  });

  it('is visible from the revision that the test returns', async () => {
    const { headers } = await app.api.post(`${modelPath(model)}/test`);
    const { body } = await app.api.get('/v1/account');
    expect(headers.get('x-registry-revision')).toBe(String(body.revision));
  });

  it('applies to every selector and increments the revision once', async () => {
    const revision = async () => (await resolve(app.api, { selector: model.selector })).body.revision;
    const before = await revision();
    await test();
    expect(await revision()).toBe(before + 1);
    await test();
    expect(await revision()).toBe(before + 1);
    for (const selector of [model.model, `${provider.name}^`]) {
      const { body } = await resolve(app.api, { selector });
      expect(body.selected.protocol).toBe('openai_chat_completions');
    }
  });

  it('does not change the representation and the ETag of the model', async () => {
    const before = await app.api.get(modelPath(model));
    await test();
    const after = await app.api.get(modelPath(model));
    expect(after.body).toEqual(before.body);
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'));
  });

  it('holds for the endpoint, until another model proves the opposite', async () => {
    const other = await createModel(app.api, provider.id);
    await test();
    expect(await protocolOf(other)).toBe('openai_chat_completions');
    const newer = await createModel(app.api, provider.id);
    expect(await protocolOf(newer)).toBe('openai_chat_completions');
    upstream.script(replyJson(RESPONSE));
    await app.api.post(`${modelPath(other)}/test`);
    expect(await protocolOf(other)).toBe('openai_responses');
    expect(await protocolOf(newer)).toBe('openai_responses');
    expect(await protocolOf(model)).toBe('openai_chat_completions');
  });

  it('survives a restart', async () => {
    const first = await startTestApp();
    const { id } = await createProvider(first.api, { name: 'p', base_url: upstream.url });
    const model = await createModel(first.api, id, { model: 'm' });
    await first.api.post(`${modelPath(model)}/test`);
    await first.app.close();
    const second = await startTestApp({ database: first.database, env: first.env });
    const { body } = await resolve(second.api, { selector: 'p^m' });
    expect(body.selected.protocol).toBe('openai_chat_completions');
    await second.stop();
    await first.database.drop();
  });

  (engine === 'mariadb' ? it : it.skip)('is visible on a second replica', async () => {
    const second = await startTestApp({ database: app.database, env: app.env });
    try {
      expect(await protocolOf(model, second.api)).toBe('openai_responses');
      await test();
      const { body, headers } = await resolve(app.api, { selector: model.selector });
      const revision = headers.get('x-registry-revision')!;
      expect(body.selected.protocol).toBe('openai_chat_completions');
      const there = await second.api.post(
        '/v1/resolve',
        { selector: model.selector },
        { headers: { 'X-Registry-Revision': revision } },
      );
      expect(there.body.selected).toEqual(body.selected);
    } finally {
      await second.stop();
    }
  });

  describe('is reset', () => {
    beforeEach(async () => {
      await test();
      expect(await protocolOf(model)).toBe('openai_chat_completions');
    });

    it.each<[string, Json]>([
      ['base_url', { base_url: 'http://127.0.0.1:8089', api_key: newApiKey() }],
      ['path', { base_url: '/other' }],
      ['openai_api_mode', { openai_api_mode: 'auto' }],
    ])("when the provider's %s changes", async (_what, change) => {
      const base_url = change['base_url'] === '/other' ? `${upstream.url}/other` : change['base_url'];
      const response = await app.api.patch(providerPath(provider), {
        ...change,
        ...(base_url && { base_url }),
      });
      expect(response.status).toBe(200);
      expect(await protocolOf(model)).toBe('openai_responses');
    });

    it('by an explicit mode, and not restored by auto', async () => {
      await app.api.patch(providerPath(provider), { openai_api_mode: 'responses' });
      expect(await protocolOf(model)).toBe('openai_responses');
      await app.api.patch(providerPath(provider), { openai_api_mode: null });
      expect(await protocolOf(model)).toBe('openai_responses');
    });

    it('when the kind of the provider changes, there and back', async () => {
      const change = (kind: string) =>
        app.api.patch(providerPath(provider), { provider: kind, api_key: newApiKey() });
      await change('anthropic');
      expect(await protocolOf(model)).toBe('anthropic_messages');
      await change('openai');
      expect(await protocolOf(model)).toBe('openai_responses');
    });

    it('for a model whose name changes, but not for the endpoint', async () => {
      await app.api.patch(modelPath(model), { model: uniqueName('renamed') });
      expect(
        await app.database.query('SELECT learned_protocol FROM provider_models WHERE id = ?', [model.id]),
      ).toEqual([{ learned_protocol: null }]);
      expect(await protocolOf(model)).toBe('openai_chat_completions');
    });

    it('by a later test that finds responses', async () => {
      upstream.script(replyJson(RESPONSE));
      await test();
      expect(upstream.requests.map(({ url }) => url)).toEqual(['/v1/responses']);
      expect(await protocolOf(model)).toBe('openai_responses');
    });

    it.each<[string, () => Promise<unknown>]>([
      [
        "the provider's other fields",
        () => app.api.patch(providerPath(provider), { advanced_json: { seed: 1 } }),
      ],
      ["the provider's key", () => app.api.patch(providerPath(provider), { api_key: newApiKey() })],
      ["the model's other fields", () => app.api.patch(modelPath(model), { priority: 3, tags: ['t'] })],
      [
        'a test that fails',
        async () => {
          upstream.script(replyJson({}, 500));
          const { body } = await app.api.post(`${modelPath(model)}/test`);
          expect(body.ok).toBe(false);
        },
      ],
    ])('not by %s', async (_what, change) => {
      await change();
      expect(await protocolOf(model)).toBe('openai_chat_completions');
    });
  });

  it.each(['responses', 'chat_completions'])('is not learned in mode %s', async (mode) => {
    await app.api.patch(providerPath(provider), { openai_api_mode: mode });
    upstream.script(replyJson(mode === 'responses' ? RESPONSE : CHAT));
    const state = async () => [
      await app.database.query('SELECT revision FROM accounts'),
      await app.database.query('SELECT learned_protocol FROM provider_models WHERE id = ?', [model.id]),
    ];
    const before = await state();
    await test();
    expect(await state()).toEqual(before);
    await app.api.patch(providerPath(provider), { openai_api_mode: 'auto' });
    expect(await protocolOf(model)).toBe('openai_responses');
  });

  it.each<[string, () => Promise<ApiResponse>]>([
    [
      'the provider moved',
      () => app.api.patch(providerPath(provider), { base_url: `${upstream.url}/elsewhere` }),
    ],
    ['the model was renamed', () => app.api.patch(modelPath(model), { model: uniqueName('renamed') })],
  ])('is not learned if %s during the test', async (_what, change) => {
    const { opened, open } = createGate();
    upstream.script(async (response, request) => {
      await opened;
      return chatOnly(response, request);
    });
    const running = test();
    await eventually('the upstream is asked', () => upstream.requests.length > 0);
    expect((await change()).status).toBe(200);
    open();
    await running;
    expect(await protocolOf(model)).toBe('openai_responses');
  });
});

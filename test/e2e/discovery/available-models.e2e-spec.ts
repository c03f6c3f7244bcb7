import { startTestApp, type TestApp } from '../../support/app/app';
import {
  API_KEY,
  createClientWith,
  createModel,
  createProvider,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { availableModels, idsOf, createProviderAt } from '../../support/upstreams/discovery-factories';
import { startUpstream, type Upstream } from '../../support/upstreams/mock-upstream';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyAnthropicModels, replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** What a model has of which the upstream says nothing. */
const UNSTATED = { position: 0, callable: null, lifecycle: null };

describe('GET /v1/llm-providers/{id}/available-models', () => {
  let app: TestApp;
  let vendor: Upstream;
  let scripted: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    vendor = await startUpstream({
      openaiModels: ['gpt-4o-mini', 'o3', 'Gpt-Z', 'gpt-4o'],
      anthropicModels: ['claude-sonnet-4-20250514', 'claude-3-5-haiku-20241022'],
    });
    scripted = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), vendor.stop(), scripted.stop()]));

  const listOf = async (body: unknown) => {
    scripted.script(replyJson(body));
    return availableModels(app.api, await createProviderAt(app.api, scripted.url));
  };

  describe('for an openai provider', () => {
    it('requests GET {base}/models with the key as a bearer token', async () => {
      await availableModels(app.api, await createProviderAt(app.api, vendor.url));
      expect(vendor.modelListRequests.at(-1)).toMatchObject({
        url: '/v1/models',
        headers: { authorization: `Bearer ${API_KEY}` },
      });
    });

    it('sorts by name, by code unit', async () => {
      const response = await availableModels(app.api, await createProviderAt(app.api, vendor.url));
      expect(response.status).toBe(200);
      expect(idsOf(response)).toEqual(['Gpt-Z', 'gpt-4o', 'gpt-4o-mini', 'o3']);
      expect(response.body).toMatchObject({
        cached: false,
        fetched_at: expect.stringMatching(/^\d{4}-.+Z$/),
      });
    });

    it('omits what the upstream does not send', async () => {
      const { body } = await listOf(openaiModelList(['gpt-4o']));
      expect(body.models).toEqual([{ id: 'gpt-4o', name: 'gpt-4o', configured: false, ...UNSTATED }]);
    });

    it('returns the details in a list like that of OpenRouter', async () => {
      const { body } = await listOf({
        data: [
          {
            id: 'vendor/z-model',
            name: 'A Model',
            context_length: 131072,
            architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
            top_provider: { max_completion_tokens: 8192 },
            pricing: { prompt: '0.1' },
          },
          { id: 'vendor/a-model', name: 'Z Model', context_length: null, type: 'embedding' },
        ],
      });
      expect(body.models).toEqual([
        {
          id: 'vendor/z-model',
          name: 'A Model',
          configured: false,
          ...UNSTATED,
          context_length: 131072,
          max_output_tokens: 8192,
          input_modalities: ['text', 'image'],
          output_modalities: ['text'],
        },
        {
          id: 'vendor/a-model',
          name: 'Z Model',
          configured: false,
          ...UNSTATED,
          position: 1,
          type: 'embedding',
        },
      ]);
    });

    it.each(['models/gemini-2.5-pro', 'llama3.2:3b-instruct-q4_K_M', 'org^model', 'a/b:free'])(
      'returns the id %s exactly as sent, and recognises it as configured',
      async (id) => {
        scripted.script(replyJson(openaiModelList([id])));
        const provider = await createProvider(app.api, { base_url: scripted.url });
        await createModel(app.api, provider.id, { model: id });
        const { body } = await availableModels(app.api, providerPath(provider));
        expect(body.models).toMatchObject([{ id, configured: true }]);
      },
    );

    it.each([
      ['a bare array, as Together sends it', [{ id: 'm', type: 'chat' }], ['m']],
      ['null, as Ollama sends it without models', { object: 'list', data: null }, []],
      ['a duplicate id', { data: [{ id: 'm' }, { id: 'm' }] }, ['m']],
    ])('accepts %s', async (_what, sent, ids) => {
      expect(idsOf(await listOf(sent))).toEqual(ids);
    });
  });

  describe('for an anthropic provider', () => {
    it('requests GET {base}/v1/models with x-api-key and anthropic-version, without a bearer token', async () => {
      const path = await createProviderAt(app.api, vendor.url, { provider: 'anthropic' });
      const response = await availableModels(app.api, path);
      expect(idsOf(response)).toEqual(['claude-3-5-haiku-20241022', 'claude-sonnet-4-20250514']);
      const { url, headers } = vendor.modelListRequests.at(-1)!;
      expect(url).toMatch(/^\/v1\/models(\?|$)/);
      expect(headers).toMatchObject({ 'x-api-key': API_KEY, 'anthropic-version': '2023-06-01' });
      expect(headers.authorization).toBeUndefined();
    });

    it('reads every page', async () => {
      const ids = Array.from({ length: 250 }, (_, index) => `claude-${String(index).padStart(3, '0')}`);
      scripted.script(replyAnthropicModels(ids, 100));
      const path = await createProviderAt(app.api, scripted.url, { provider: 'anthropic' });
      expect(idsOf(await availableModels(app.api, path))).toEqual(ids);
      const cursors = scripted.requests.map(({ url }) =>
        new URL(url, scripted.url).searchParams.get('after_id'),
      );
      expect(cursors).toEqual([null, 'claude-099', 'claude-199']);
    });

    it('shows the display name and sorts by it', async () => {
      const data = [
        { type: 'model', id: 'claude-a', display_name: 'Opus', max_input_tokens: 200000, max_tokens: 64000 },
        { type: 'model', id: 'claude-b', display_name: 'Haiku' },
      ];
      scripted.script(replyJson({ data, has_more: false, first_id: 'claude-a', last_id: 'claude-b' }));
      const path = await createProviderAt(app.api, scripted.url, { provider: 'anthropic' });
      const { body } = await availableModels(app.api, path);
      expect(body.models).toEqual([
        { id: 'claude-b', name: 'Haiku', configured: false, ...UNSTATED, position: 1 },
        {
          id: 'claude-a',
          name: 'Opus',
          configured: false,
          ...UNSTATED,
          context_length: 200000,
          max_output_tokens: 64000,
        },
      ]);
    });
  });

  it('marks configured models, ignoring case', async () => {
    const provider = await createProvider(app.api, { base_url: vendor.url });
    await createModel(app.api, provider.id, { model: 'GPT-4O' });
    const { body } = await availableModels(app.api, providerPath(provider));
    const configured = body.models.filter((model: { configured: boolean }) => model.configured);
    expect(configured).toMatchObject([{ id: 'gpt-4o' }]);
  });

  it('does not mark models that only another provider has', async () => {
    const other = await createProvider(app.api, { base_url: vendor.url });
    await createModel(app.api, other.id, { model: 'o3' });
    const { body } = await availableModels(app.api, await createProviderAt(app.api, vendor.url));
    expect(body.models.every((model: { configured: boolean }) => !model.configured)).toBe(true);
  });

  it('suggests no prices for a host that the catalogue does not know', async () => {
    const { text } = await listOf(openaiModelList(['gpt-4o', 'gpt-4o-mini']));
    expect(text).not.toContain('suggested_costs');
  });

  it('requires only the scope providers:read', async () => {
    const path = await createProviderAt(app.api, vendor.url);
    const reader = await createClientWith(app, ['providers:read']);
    expect((await availableModels(reader, path)).status).toBe(200);
    expect((await availableModels(await createClientWith(app, ['usage:read']), path)).status).toBe(403);
  });

  it('returns 404 for a missing provider', async () => {
    const path = providerPath({ id: '0193e0a2-0000-7000-8000-000000000000' });
    expect(problem(await availableModels(app.api, path))).toMatchObject({ status: 404 });
  });
});

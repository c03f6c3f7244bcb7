import { startTestApp, type TestApp } from '../../support/app/app';
import {
  type ApiClient,
  type ApiResponse,
  type Json,
  repeatUntilServed,
} from '../../support/clients/api-client';
import {
  withoutRequestIds,
  createModel,
  createProvider,
  modelPath,
  createOtherAccount,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { createRandom } from '../../support/registry/random';
import { RandomWrites, RESOLUTIONS } from '../../support/registry/random-writes';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** Long enough that no poll runs during a test. */
const env = { REGISTRY_POLL_MS: '60000' };
const CHAT = { object: 'chat.completion', choices: [{ message: { role: 'assistant', content: 'Hi' } }] };
const WRITERS = 12;
const ROUNDS = 12;

describe('resolve after a write to the same replica', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let api: ApiClient;
  let provider: Json;
  let model: Json;

  beforeAll(async () => {
    app = await startTestApp({ env });
    api = app.api;
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(async () => {
    upstream.script(replyJson(openaiModelList(['imported', 'o3'])));
    provider = await createProvider(api, { base_url: upstream.url });
    model = await createModel(api, provider.id);
    await resolve({});
  });

  const resolve = (body: Json, client = api): Promise<ApiResponse> =>
    repeatUntilServed(() => client.post('/v1/resolve', body));
  const selected = async (selector: string, context = {}): Promise<Json> => {
    const response = await resolve({ selector, context });
    return response.status === 200 ? response.body.selected : problem(response);
  };
  const exact = ({ name }: Json = provider, { model: id }: Json = model) => `${name}^${id}`;
  const NO_ROUTE = { status: 404, code: 'routing.no_route' };

  it('finds a new provider with its first model', async () => {
    const other = await createProvider(api, { provider: 'anthropic', base_url: upstream.url });
    expect(await selected(`${other.name}^`)).toEqual(NO_ROUTE);
    const first = await createModel(api, other.id);
    expect(await selected(`${other.name}^`)).toMatchObject({ model_id: first.id, provider: 'anthropic' });
  });

  it('finds a renamed provider under its new name only', async () => {
    const name = uniqueName();
    await api.patch(providerPath(provider), { name });
    expect(await selected(exact({ name }))).toMatchObject({ model_id: model.id });
    expect(await selected(exact())).toEqual(NO_ROUTE);
  });

  it("returns a provider's new address and settings", async () => {
    const base_url = `${upstream.url}/custom`;
    await api.patch(providerPath(provider), {
      base_url,
      advanced_json: { temperature: 1 },
      openai_api_mode: 'chat_completions',
    });
    expect(await selected(exact())).toMatchObject({
      base_url,
      advanced_json: { temperature: 1 },
      protocol: 'openai_chat_completions',
    });
  });

  it("uses a model's new name, prices, settings, tags and rule", async () => {
    const name = uniqueName('model');
    const tag = uniqueName('tag');
    const settings = { cost_per_1k_input: 0.5, multiplier: 2, advanced_json: { top_p: 0.1 } };
    await api.patch(modelPath(model), { ...settings, model: name, tags: [tag], when: { own: model.id } });
    expect(await selected(exact(provider, { model: name }))).toMatchObject({ ...settings, model: name });
    expect(await selected(`#${tag}`, { own: model.id })).toMatchObject({ model_id: model.id });
    expect(await selected(`#${tag}`)).toEqual(NO_ROUTE);
    expect(await selected('auto', { own: model.id })).toMatchObject({ model_id: model.id });
    expect(await selected(exact())).toEqual(NO_ROUTE);
  });

  it('uses the default model after every kind of move', async () => {
    const isDefault = async ({ id }: Json) =>
      expect(await selected(`${provider.name}^`)).toMatchObject({ model_id: id });
    const second = await createModel(api, provider.id, { is_default: true });
    await isDefault(second);
    await api.patch(modelPath(model), { is_default: true });
    await isDefault(model);
    await api.patch(modelPath(model), { is_default: false });
    await isDefault(second);
    await api.delete(modelPath(second));
    await isDefault(model);
  });

  it('finds imported models', async () => {
    await api.post(`${providerPath(provider)}/models/import`, { models: 'all', tags: [uniqueName('tag')] });
    expect(await selected(exact(provider, { model: 'imported' }))).toMatchObject({ model: 'imported' });
    expect(await selected(exact())).toMatchObject({ model_id: model.id });
  });

  it('uses the protocol that a model test has found', async () => {
    upstream.script((response, request) =>
      (request.url.endsWith('/chat/completions') ? replyJson(CHAT) : replyJson({}, 404))(response, request),
    );
    expect(await selected(exact())).toMatchObject({ protocol: 'openai_responses' });
    expect((await api.post(`${modelPath(model)}/test`)).body).toMatchObject({ ok: true });
    expect(await selected(exact())).toMatchObject({ protocol: 'openai_chat_completions' });
  });

  it('finds neither a deleted model nor the models of a deleted provider', async () => {
    const second = await createModel(api, provider.id);
    await api.delete(modelPath(model));
    expect(await selected(exact())).toEqual(NO_ROUTE);
    await api.delete(providerPath(provider));
    expect(await selected(exact(provider, second))).toEqual(NO_ROUTE);
    expect((await api.get('/v1/selectors')).text).not.toContain(provider.id);
  });

  it('returns to each of many writers its last write, and to no reader an older revision', async () => {
    let lastWritten = 0;
    const writer = async (): Promise<void> => {
      const own = await createModel(api, provider.id);
      for (let round = 1; round <= ROUNDS; round++) {
        const change = { cost_per_1k_input: round, is_default: round % 3 === 0 };
        const written = await repeatUntilServed(() => api.patch(modelPath(own), change));
        // A rejected write is not a stale read.
        expect(written.status).toBe(200);
        const revision = Number(written.headers.get('x-registry-revision'));
        lastWritten = Math.max(lastWritten, revision);
        const { body } = await resolve({ selector: exact(provider, own) });
        expect(body.selected).toMatchObject({ model_id: own.id, cost_per_1k_input: round });
        expect(body.revision).toBeGreaterThanOrEqual(revision);
      }
      await repeatUntilServed(() => api.delete(modelPath(own)));
      expect(await selected(exact(provider, own))).toEqual(NO_ROUTE);
    };
    let isWriting = true;
    const reader = async (): Promise<void> => {
      for (let revision = 0; isWriting;) {
        const atLeast = Math.max(revision, lastWritten);
        const { body } = await resolve({ selector: `${provider.name}^` });
        revision = body.revision;
        expect(revision).toBeGreaterThanOrEqual(atLeast);
      }
    };
    const readers = Array.from({ length: 4 }, reader);
    await Promise.all(Array.from({ length: WRITERS }, writer)).finally(() => (isWriting = false));
    await Promise.all(readers);
  });

  it('does not find the writes of another account', async () => {
    const other = await createOtherAccount(app);
    await resolve({}, other);
    const foreign = await createModel(other, (await createProvider(other)).id);
    expect((await other.get('/v1/selectors')).body).toMatchObject([{ model_id: foreign.id }]);
    expect(await selected(foreign.selector)).toEqual(NO_ROUTE);
  });
});

describe('a routing table after 200 random writes', () => {
  it('resolves like a newly loaded one', async () => {
    const upstream = await ScriptedUpstream.start(
      replyJson(openaiModelList(['gpt-4o', 'o3', 'o3-mini', 'new'])),
    );
    const first = await startTestApp({ env });
    const writes = new RandomWrites(createRandom(20_261_122), upstream.url);
    for (let write = 0; write < 200; write++) {
      await writes.write(first.api);
      // Resolves after some writes only, so that the table follows batches of all sizes.
      if (write % 7 > 3) await first.api.post('/v1/resolve', {});
    }
    const resolveAll = ({ api }: TestApp) =>
      Promise.all(
        RESOLUTIONS.map(async (body) => {
          const response = await api.post('/v1/resolve', body);
          return response.status === 200 ? response.body : withoutRequestIds(response);
        }),
      );
    const followed = await resolveAll(first);
    await first.app.close();
    const restarted = await startTestApp({ database: first.database, env: first.env });
    const reloaded = await resolveAll(restarted);
    await Promise.all([restarted.app.close(), upstream.stop()]);
    await first.database.drop();
    expect(followed).toEqual(reloaded);
    expect(reloaded.filter(({ selected }) => selected).length).toBeGreaterThan(RESOLUTIONS.length / 5);
  });
});

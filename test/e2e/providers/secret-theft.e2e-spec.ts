import type { TestApp } from '../../support/app/app';
import { type Replicas, startReplicas } from '../../support/app/replicas';
import { issueToken } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  modelPath,
  problem,
  providerBody,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const NEW_SECRET = 'sk-next-Lq3vT8yHn5Wd1Rk7Zc9Xb2Mf';
const ATTACKER_KEY = 'sk-attacker-Jw6sP0uGe4Va';
const ROUNDS = 30;
const secretHeader = (value: string) => ({ extra_headers: { 'X-Token': value } });
const confirmationRequired = (pointer: string) => ({
  status: 422,
  code: 'llm_providers.base_url_required',
  pointers: [pointer],
});

describe('the next secret of a provider', () => {
  let replicas: Replicas;
  let app: TestApp;
  let vendor: ScriptedUpstream;
  let attacker: ScriptedUpstream;
  /** Two tokens with only providers:write. */
  let low: ApiClient;
  let other: ApiClient;

  beforeAll(async () => {
    replicas = await startReplicas();
    app = replicas.first;
    const list = replyJson(openaiModelList(['m']));
    vendor = await ScriptedUpstream.start(list);
    attacker = await ScriptedUpstream.start(list);
    low = (await issueToken(app, ['providers:write'])).api;
    other = (await issueToken(app, ['providers:write'])).api;
  });
  afterAll(() => Promise.all([replicas.stop(), vendor.stop(), attacker.stop()]));
  beforeEach(() => (attacker.requests.length = 0));

  const evil = () => `${attacker.url}/v1`;
  const good = () => `${vendor.url}/v1`;
  const patch = (api: ApiClient, provider: Json, body: object): Promise<ApiResponse> =>
    api.patch(providerPath(provider), body);
  const send = async (api: ApiClient, provider: Json, body: object): Promise<void> => {
    const response = await patch(api, provider, body);
    if (response.status !== 200) throw new Error(response.text);
  };
  const takeOver = (provider: Json, more: object = {}) =>
    send(low, provider, { base_url: evil(), api_key: ATTACKER_KEY, ...more });

  /** Each returns a provider at the attacker's URL, which the admin has not confirmed. */
  const orders: Record<string, () => Promise<Json>> = {
    'moves it with an own key': async () => {
      const provider = await createProvider(app.api, { base_url: good() });
      await takeOver(provider);
      return provider;
    },
    'moves it from the endpoint of the vendor': async () => {
      const provider = await createProvider(app.api);
      await takeOver(provider);
      return provider;
    },
    'creates it': () => createProvider(low, { base_url: evil() }),
    'creates it and replays the request': async () => {
      const body = providerBody({ base_url: evil() });
      const options = { headers: { 'idempotency-key': uniqueName('key') } };
      await low.post('/v1/llm-providers', body, options);
      const replay = await app.api.post('/v1/llm-providers', body, options);
      return replay.body;
    },
    'deletes it and creates another one with its name': async () => {
      const provider = await createProvider(app.api, { base_url: good() });
      await low.delete(providerPath(provider));
      return createProvider(low, { base_url: evil(), name: provider.name });
    },
    'gives its name to another one': async () => {
      const provider = await createProvider(app.api, { base_url: good() });
      await send(low, provider, { name: uniqueName() });
      return createProvider(low, { base_url: evil(), name: provider.name });
    },
    'moves it after the admin confirmed another URL': async () => {
      const provider = await createProvider(low, { base_url: good() });
      await send(app.api, provider, { base_url: good() });
      await takeOver(provider);
      return provider;
    },
    'moves it after the admin confirmed the same URL, away and back': async () => {
      const provider = await createProvider(low, { base_url: evil() });
      await send(app.api, provider, { base_url: evil() });
      await send(low, provider, { base_url: null, api_key: ATTACKER_KEY });
      await takeOver(provider);
      return provider;
    },
    'repeats the URL of the admin and moves it later': async () => {
      const provider = await createProvider(app.api, { base_url: good() });
      await send(low, provider, { base_url: good() });
      await takeOver(provider);
      return provider;
    },
    'moves it together with its kind': async () => {
      const provider = await createProvider(app.api, { base_url: good(), provider: 'anthropic' });
      await takeOver(provider, { provider: 'openai' });
      return provider;
    },
    'moves it before another token spells its URL differently': async () => {
      const provider = await createProvider(app.api, { base_url: good() });
      await takeOver(provider);
      await send(other, provider, { base_url: attacker.url });
      return provider;
    },
    'moves it before the admin changes everything but its URL': async () => {
      const provider = await createProvider(app.api, { base_url: good() });
      await takeOver(provider, { provider: 'anthropic' });
      await send(app.api, provider, {
        name: uniqueName(),
        provider: 'openai',
        openai_api_mode: 'chat_completions',
        advanced_json: { temperature: 1 },
      });
      return provider;
    },
    'moves it with a token that is deleted then': async () => {
      const provider = await createProvider(app.api, { base_url: good() });
      const { id, api } = await issueToken(app, ['providers:write']);
      await send(api, provider, { base_url: evil(), api_key: ATTACKER_KEY });
      await app.api.delete(`/v1/tokens/${id}`);
      return provider;
    },
    'moved it before Caret stored who had': async () => {
      const provider = await createProvider(app.api, { base_url: evil() });
      await app.database.query('UPDATE providers SET base_url_set_by = NULL WHERE id = ?', [provider.id]);
      return provider;
    },
  };

  it.each(Object.keys(orders))('does not reach a low token that %s', async (order) => {
    const provider = await orders[order]!();
    const model = await createModel(low, provider.id);
    const models = `${providerPath(provider)}/models`;
    const before = await app.api.get(providerPath(provider));
    const ifMatch = { headers: { 'if-match': before.headers.get('etag')! } };
    const headers = { advanced_json: secretHeader(NEW_SECRET) };
    const refusals = [
      await patch(app.api, provider, { api_key: NEW_SECRET }),
      await app.api.patch(providerPath(provider), { api_key: NEW_SECRET }, ifMatch),
      await patch(app.api, provider, headers),
      await patch(app.api, provider, { api_key: NEW_SECRET, provider: 'anthropic' }),
    ];
    for (const each of refusals) expect(problem(each)).toEqual(confirmationRequired('/base_url'));
    for (const each of [
      await app.api.post(models, { model: uniqueName(), ...headers }),
      await app.api.patch(modelPath(model), headers),
    ]) {
      expect(problem(each)).toEqual(confirmationRequired('/advanced_json/extra_headers'));
    }
    expect((await app.api.get(providerPath(provider))).text).toBe(before.text);

    await low.post(`${providerPath(provider)}/test`);
    await low.post(`${modelPath(model)}/test`);
    expect(attacker.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(attacker.requests)).not.toContain(NEW_SECRET);
  });

  it('never reaches a low token that moves it at the same time', async () => {
    const lowToken = low.token;
    for (let round = 0; round < ROUNDS; round++) {
      const provider = await createProvider(app.api, { base_url: good() });
      const model = await createModel(app.api, provider.id);
      const headers = { advanced_json: secretHeader(NEW_SECRET) };
      const move = { base_url: evil(), api_key: ATTACKER_KEY, advanced_json: null };
      const responses = await Promise.all([
        patch(replicas.api(), provider, { api_key: NEW_SECRET }),
        patch(replicas.api().as(lowToken), provider, move),
        replicas.api().patch(modelPath(model), headers),
        replicas
          .api()
          .as(lowToken)
          .post(`${modelPath(model)}/test`),
      ]);
      for (const { status } of responses) expect([200, 422]).toContain(status);
      await low.post(`${providerPath(provider)}/test`);
      await low.post(`${modelPath(model)}/test`);
    }
    expect(attacker.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(attacker.requests)).not.toContain(NEW_SECRET);
  });
});

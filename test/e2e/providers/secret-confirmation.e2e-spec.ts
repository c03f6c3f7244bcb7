import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import {
  API_KEY,
  auditOf,
  createModel,
  createProvider,
  modelPath,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const NEW_SECRET = 'sk-next-Lq3vT8yHn5Wd1Rk7Zc9Xb2Mf';
const secretHeader = (value: string) => ({ extra_headers: { 'X-Token': value } });
const confirmationRequired = {
  status: 422,
  code: 'llm_providers.base_url_required',
  pointers: ['/base_url'],
};

describe('the confirmation of a base URL', () => {
  let app: TestApp;
  let vendor: ScriptedUpstream;
  /** Two tokens with only providers:write. */
  let low: ApiClient;
  let other: ApiClient;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp();
    vendor = await ScriptedUpstream.start(replyJson(openaiModelList(['m'])));
    low = (await issueToken(app, ['providers:write'])).api;
    other = (await issueToken(app, ['providers:write'])).api;
  });
  afterAll(() => Promise.all([app.stop(), vendor.stop()]));
  beforeEach(async () => {
    provider = await createProvider(low, { base_url: good() });
  });

  const good = () => `${vendor.url}/v1`;
  const patch = (api: ApiClient, body: object): Promise<ApiResponse> =>
    api.patch(providerPath(provider), body);
  const send = async (api: ApiClient, body: object): Promise<void> => {
    const response = await patch(api, body);
    if (response.status !== 200) throw new Error(response.text);
  };

  it('may come with the secret, which then goes to that URL', async () => {
    await send(app.api, { base_url: vendor.url, api_key: NEW_SECRET });
    await low.post(`${providerPath(provider)}/test`);
    const sent = vendor.requests
      .map(({ headers }) => headers.authorization)
      .filter((each) => each !== undefined);
    expect(sent).toEqual([`Bearer ${NEW_SECRET}`]);
  });

  it('is not needed by the token that set or repeated base_url last', async () => {
    await send(low, { api_key: API_KEY });
    await send(app.api, { base_url: good() });
    await send(app.api, { api_key: NEW_SECRET, advanced_json: secretHeader(NEW_SECRET) });
    await createModel(app.api, provider.id, { advanced_json: secretHeader(NEW_SECRET) });
    expect(problem(await patch(low, { api_key: API_KEY }))).toEqual(confirmationRequired);
  });

  it('is needed again after another token repeated base_url', async () => {
    await send(app.api, { base_url: good() });
    await send(low, { base_url: good() });
    expect(problem(await patch(app.api, { api_key: NEW_SECRET }))).toEqual(confirmationRequired);
  });

  it('is needed again after another token changed the kind', async () => {
    await send(low, { provider: 'anthropic', api_key: API_KEY });
    await send(low, { api_key: API_KEY });
    await send(app.api, { provider: 'openai' });
    for (const api of [low, app.api])
      expect(problem(await patch(api, { api_key: NEW_SECRET }))).toEqual(confirmationRequired);
  });

  it('outlives a rotation of the token', async () => {
    const { id, api } = await issueToken(app, ['providers:write']);
    await send(api, { base_url: good() });
    const { body } = await app.api.post(`/v1/tokens/${id}/rotate`, {});
    await send(app.clientFor(body.token), { api_key: NEW_SECRET });
  });

  it('is an audit event that names the tokens', async () => {
    const [created] = await auditOf(app.api, provider.id);
    await send(app.api, { base_url: good() });
    await send(app.api, { base_url: good() });
    const events = await auditOf(app.api, provider.id);
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({
      action: 'provider.update',
      changes: { base_url_set_by: { before: created!.actor.token_id, after: events[1]!.actor.token_id } },
    });
  });

  it('is not needed without a base URL', async () => {
    provider = await createProvider(low);
    await send(app.api, { api_key: NEW_SECRET, advanced_json: secretHeader(NEW_SECRET) });
    await createModel(app.api, provider.id, { advanced_json: secretHeader(NEW_SECRET) });
    await send(low, { base_url: null });
    await send(other, { api_key: API_KEY });
  });

  it('is only needed for a new secret', async () => {
    provider = await createProvider(low, {
      base_url: good(),
      advanced_json: secretHeader(NEW_SECRET),
    });
    const model = await createModel(low, provider.id, { advanced_json: secretHeader(NEW_SECRET) });
    const kept = { advanced_json: { ...secretHeader('***'), temperature: 0 } };
    await send(app.api, { name: uniqueName(), ...kept });
    expect((await app.api.patch(modelPath(model), { ...kept, priority: 1 })).status).toBe(200);
    await send(app.api, { advanced_json: null });
  });
});

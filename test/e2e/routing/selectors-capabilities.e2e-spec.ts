import { startTestApp, type TestApp } from '../../support/app/app';
import { newApiKey } from '../../support/clients/accounts';
import type { ApiClient, Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  createOtherAccount,
  providerPath,
} from '../../support/registry/factories';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const LISTED = {
  object: 'list',
  data: [
    { id: 'gpt-4o', object: 'model', context_length: 1234 },
    { id: 'Org/Embed', object: 'model', type: 'embedding', context_length: 512 },
    { id: 'plain', object: 'model' },
  ],
};

describe('the capabilities in GET /v1/selectors', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    api = await createOtherAccount(app);
  });

  const list = () => api.get('/v1/selectors');
  const itemOf = async (selector: string) =>
    ((await list()).body as Json[]).find((item) => item.selector === selector);

  it('come from the price catalogue for models of the vendor', async () => {
    const openai = await createProvider(api, { name: 'o' });
    const anthropic = await createProvider(api, { name: 'a', provider: 'anthropic' });
    await createModel(api, openai.id, { model: 'gpt-4o' });
    await createModel(api, openai.id, { model: 'no-such-model' });
    await createModel(api, anthropic.id, { model: 'claude-sonnet-4-20250514' });
    expect(await itemOf('o^gpt-4o')).toMatchObject({ context_length: 128_000 });
    expect(await itemOf('a^claude-sonnet-4-20250514')).toMatchObject({
      context_length: expect.any(Number),
    });
    expect(await itemOf('o^no-such-model')).not.toHaveProperty('context_length');
  });

  it('are absent for models of other servers with the same name', async () => {
    const { id } = await createProvider(api, { name: 'p', base_url: 'http://127.0.0.1:8088' });
    await createModel(api, id, { model: 'gpt-4o' });
    expect(await itemOf('p^gpt-4o')).not.toHaveProperty('context_length');
    expect(await itemOf('p^gpt-4o')).not.toHaveProperty('type');
  });

  describe('with a listing upstream', () => {
    let upstream: ScriptedUpstream;
    let provider: Json;

    beforeEach(async () => {
      upstream = await ScriptedUpstream.start(replyJson(LISTED));
      provider = await createProvider(api, { name: 'p', base_url: upstream.url });
      for (const model of ['GPT-4o', 'org/embed', 'plain', 'unlisted']) {
        await createModel(api, provider.id, { model });
      }
    });
    afterEach(() => upstream.stop());
    const known = async () =>
      ((await list()).body as Json[]).map(({ type, context_length }) => [type, context_length]);
    const UNKNOWN = Array(4).fill([undefined, undefined]);
    const KNOWN = [
      [undefined, 1234],
      ['embedding', 512],
      [undefined, undefined],
      [undefined, undefined],
    ];

    it('come from its model list once that was fetched', async () => {
      expect(await known()).toEqual(UNKNOWN);
      expect(upstream.connections).toBe(0);
      const etag = (await list()).headers.get('etag');
      await api.get(`${providerPath(provider)}/available-models`);
      expect(await known()).toEqual(KNOWN);
      expect((await list()).headers.get('etag')).not.toBe(etag);
    });

    it('do not come from the former upstream of the provider', async () => {
      await api.get(`${providerPath(provider)}/available-models`);
      await api.patch(providerPath(provider), { base_url: 'http://127.0.0.1:8088', api_key: newApiKey() });
      expect(await known()).toEqual(UNKNOWN);
    });
  });
});

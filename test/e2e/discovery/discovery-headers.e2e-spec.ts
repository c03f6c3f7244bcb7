import { startTestApp, type TestApp } from '../../support/app/app';
import { API_KEY, createModel, createProvider, providerPath } from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const SECRET = 'gateway secret of 26 letters';
const advanced_json = {
  extra_headers: { 'HTTP-Referer': 'https://example.com', 'X-Gateway-Token': SECRET },
  extra_query: { 'api-version': '2025-01-01', region: 'eu west' },
  temperature: 0.5,
};

describe('advanced_json in upstream calls', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    const body = { ...openaiModelList(['one']), choices: [{ index: 0 }], content: [{ type: 'text' }] };
    upstream = await ScriptedUpstream.start(replyJson(body));
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(() => (upstream.requests.length = 0));

  /** Lists the models, tests the provider and tests one of its models. */
  const callAll = async (fields: Record<string, unknown>) => {
    const provider = await createProvider(app.api, { base_url: upstream.url, ...fields });
    const model = await createModel(app.api, provider.id, { model: 'one' });
    const path = providerPath(provider);
    await app.api.get(`${path}/available-models`);
    await app.api.post(`${path}/test`);
    await app.api.post(`${path}/models/${model.id}/test`);
    // The test of the provider may also ask for the list without any credential.
    const sent = upstream.requests.filter(({ headers }) => headers.authorization ?? headers['x-api-key']);
    expect(sent).toHaveLength(3);
    return sent.map(({ url, headers }) => {
      return { headers, query: Object.fromEntries(new URL(url, upstream.url).searchParams) };
    });
  };

  it.each([
    ['openai', { openai_api_mode: 'chat_completions' }, { authorization: `Bearer ${API_KEY}` }],
    ['anthropic', {}, { 'x-api-key': API_KEY }],
  ])(
    'adds headers, secret ones included, and query parameters to each call (%s)',
    async (provider, more, credential) => {
      for (const { headers, query } of await callAll({ provider, advanced_json, ...more })) {
        const extra = { 'http-referer': 'https://example.com', 'x-gateway-token': SECRET };
        expect(headers).toMatchObject({ ...extra, ...credential });
        expect(query).toMatchObject({ 'api-version': '2025-01-01', region: 'eu west' });
        expect(JSON.stringify(query)).not.toContain('temperature');
      }
    },
  );

  it('adds those that an older version stored in plain text', async () => {
    const { id } = await createProvider(app.api, { base_url: upstream.url });
    const stored = { extra_headers: { 'X-JWT': SECRET }, extra_query: { accessToken: SECRET } };
    await app.database.query('UPDATE providers SET advanced_json = ? WHERE id = ?', [
      JSON.stringify(stored),
      id,
    ]);
    await app.api.post(`${providerPath({ id })}/test`);
    const [{ url, headers }] = upstream.requests as [(typeof upstream.requests)[0]];
    expect(headers['x-jwt']).toBe(SECRET);
    expect(new URL(url, upstream.url).searchParams.get('accessToken')).toBe(SECRET);
  });

  it('adds them to calls with unsaved credentials', async () => {
    const body = { provider: 'openai', api_key: API_KEY, base_url: upstream.url, advanced_json };
    expect((await app.api.post('/v1/llm-providers/discover', body)).status).toBe(200);
    expect(upstream.requests[0]).toMatchObject({
      url: '/v1/models?api-version=2025-01-01&region=eu+west',
      headers: { 'x-gateway-token': SECRET },
    });
  });

  it('sets the version header with anthropic_version', async () => {
    const configured = { anthropic_version: '2024-12-31' };
    for (const { headers } of await callAll({ provider: 'anthropic', advanced_json: configured })) {
      expect(headers['anthropic-version']).toBe('2024-12-31');
    }
  });

  it('does not send anthropic_version to an openai upstream', async () => {
    const configured = { anthropic_version: '2024-12-31' };
    for (const { headers } of await callAll({
      advanced_json: configured,
      openai_api_mode: 'chat_completions',
    })) {
      expect(headers).not.toHaveProperty('anthropic-version');
    }
  });

  it('cannot change the pagination of Anthropic', async () => {
    const configured = { extra_query: { after_id: 'zzz', limit: '1' } };
    const [list] = await callAll({ provider: 'anthropic', advanced_json: configured });
    expect(list!.query.limit).toBe('1000');
  });

  it('sends a secret header that "***" kept', async () => {
    const provider = await createProvider(app.api, { base_url: upstream.url, advanced_json });
    const shown = { ...advanced_json, extra_headers: { 'X-Gateway-Token': '***' }, temperature: 1 };
    expect((await app.api.patch(providerPath(provider), { advanced_json: shown })).status).toBe(200);
    await app.api.get(`${providerPath(provider)}/available-models`);
    expect(upstream.requests[0]!.headers).toMatchObject({ 'x-gateway-token': SECRET });
    expect(upstream.requests[0]!.headers).not.toHaveProperty('http-referer');
  });
});

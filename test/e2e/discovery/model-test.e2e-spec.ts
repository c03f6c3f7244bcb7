import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { paced } from '../../support/pace';
import { createModel, createProvider, modelPath, problem } from '../../support/registry/factories';
import { startUpstream, type Upstream } from '../../support/upstreams/mock-upstream';
import { hang, replyJson } from '../../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const CHAT = { object: 'chat.completion', choices: [{ message: { role: 'assistant', content: 'Hi' } }] };
const MESSAGE = { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hi' }] };

/** Supports chat completions and sends `otherwise` on every other path. */
const chatOnly =
  (otherwise: Reply): Reply =>
  (response, request) =>
    (request.url.endsWith('/chat/completions') ? replyJson(CHAT) : otherwise)(response, request);

describe('POST /v1/llm-providers/{id}/models/{model_id}/test', () => {
  let app: TestApp;
  let vendor: Upstream;
  let scripted: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    vendor = await startUpstream();
    scripted = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), vendor.stop(), scripted.stop()]));

  const modelAt = async (base_url: string, provider: Json = {}, model: Json = {}): Promise<Json> => {
    const { id } = await createProvider(app.api, { base_url, ...provider });
    return createModel(app.api, id, { model: 'org/model:free', ...model });
  };
  const check = async (model: Json) => app.api.post(`${modelPath(model)}/test`);
  const bodies = () => scripted.requests.map(({ body }) => JSON.parse(body));

  it.each([
    ['openai', 'chat_completions', '/v1/chat/completions'],
    ['openai', 'responses', '/v1/responses'],
    ['openai', 'auto', '/v1/responses'],
    ['openai', null, '/v1/responses'],
    ['anthropic', null, '/v1/messages'],
  ])('calls the model (%s, mode %s: %s)', async (provider, openai_api_mode, path) => {
    const before = vendor.mock.getRequests().length;
    const response = await check(await modelAt(vendor.url, { provider, openai_api_mode }));
    expect(response.status).toBe(200);
    expect(response.body).toEqual({ ok: true, latency_ms: expect.any(Number) });
    expect(vendor.mock.getRequests().slice(before)).toMatchObject([{ method: 'POST', path }]);
  });

  it.each([
    ['openai', 'chat_completions', replyJson(CHAT)],
    ['openai', 'responses', replyJson({ object: 'response', output: [] })],
    ['anthropic', null, replyJson(MESSAGE)],
  ])('sends one short prompt with few tokens and no stream (%s, %s)', async (provider, mode, reply) => {
    scripted.script(reply);
    const configured = { max_tokens: 4000, max_completion_tokens: 4000, max_output_tokens: 4000, n: 5 };
    const model = await modelAt(scripted.url, {
      provider,
      openai_api_mode: mode,
      advanced_json: configured,
    });
    expect((await check(model)).body.ok).toBe(true);
    const [body] = bodies();
    expect(body.model).toBe('org/model:free');
    expect(body.max_tokens ?? body.max_completion_tokens ?? body.max_output_tokens).toBeLessThanOrEqual(16);
    expect(JSON.stringify(body)).not.toContain('4000');
    expect(body).not.toHaveProperty('n');
    expect(body.stream ?? false).toBe(false);
    expect(JSON.stringify(body).length).toBeLessThan(200);
  });

  describe('in mode auto', () => {
    it.each([
      ['404', replyJson({ error: { message: 'Not found' } }, 404)],
      ['405', replyJson({}, 405)],
      ['400 for unknown parameters', replyJson({ error: { message: 'Unknown parameter: input' } }, 400)],
    ])('falls back to chat completions when the Responses API returns %s', async (_what, reply) => {
      scripted.script(chatOnly(reply));
      const model = await modelAt(scripted.url, { openai_api_mode: 'auto' });
      expect((await check(model)).body.ok).toBe(true);
      expect(scripted.requests.map(({ url }) => url)).toEqual(['/v1/responses', '/v1/chat/completions']);
    });

    it.each([401, 429, 500])('reports a %i without falling back', async (status) => {
      scripted.script(chatOnly(replyJson({}, status)));
      const { body } = await check(await modelAt(scripted.url, { openai_api_mode: 'auto' }));
      expect(body).toMatchObject({ ok: false, error: { upstream_status: status } });
      expect(scripted.requests).toHaveLength(1);
    });

    it('reports the failure of chat completions when both fail', async () => {
      scripted.script(replyJson({}, 404), replyJson({ error: { message: 'no such model' } }, 400));
      const { body } = await check(await modelAt(scripted.url));
      expect(body.error).toMatchObject({
        code: 'llm_providers.upstream_request_failed',
        detail: expect.stringContaining('no such model'),
        upstream_status: 400,
      });
    });
  });

  it('does not fall back in mode responses', async () => {
    scripted.script(chatOnly(replyJson({}, 404)));
    const { body } = await check(await modelAt(scripted.url, { openai_api_mode: 'responses' }));
    expect(body).toMatchObject({ ok: false, error: { upstream_status: 404 } });
    expect(scripted.requests).toHaveLength(1);
  });

  it("merges the model's configuration over the provider's, by top-level key", async () => {
    scripted.script(replyJson(CHAT));
    const model = await modelAt(
      scripted.url,
      {
        openai_api_mode: 'chat_completions',
        advanced_json: {
          temperature: 0.1,
          top_p: 0.5,
          metadata: { from: 'provider', only_here: true },
          extra_query: { region: 'eu', tier: 'a' },
          extra_headers: { 'X-Provider-Token': 'of the provider' },
        },
      },
      {
        advanced_json: {
          temperature: 0.9,
          metadata: { from: 'model' },
          extra_query: { region: 'us' },
          extra_headers: { 'X-Model-Token': 'of the model' },
        },
      },
    );
    expect((await check(model)).body.ok).toBe(true);
    expect(bodies()[0]).toMatchObject({ temperature: 0.9, top_p: 0.5 });
    expect(bodies()[0].metadata).toEqual({ from: 'model' });
    expect(bodies()[0]).not.toHaveProperty('extra_query');
    const { url, headers } = scripted.requests[0]!;
    expect(url).toBe('/v1/chat/completions?region=us');
    expect(headers).toMatchObject({ 'x-model-token': 'of the model' });
    expect(headers).not.toHaveProperty('x-provider-token');
  });

  it('times out after timeout_ms of the model, or else of the provider', async () => {
    scripted.script(hang());
    const provider = { advanced_json: { timeout_ms: 60_000 } };
    const model = await modelAt(scripted.url, provider, { advanced_json: { timeout_ms: 100 } });
    const { result, limit } = await paced(() => check(model));
    expect(result.body).toMatchObject({
      ok: false,
      error: {
        code: 'llm_providers.upstream_timeout',
        detail: expect.stringContaining('or set advanced_json.timeout_ms, up to 120000.'),
        upstream_status: null,
      },
    });
    expect(result.body.latency_ms).toBeLessThan(limit(2000));
  });

  it.each([
    ['an error with status 200', { error: { message: 'overloaded' } }],
    ['the response of another endpoint', { object: 'list', data: [] }],
  ])('is not ok with %s', async (_what, body) => {
    scripted.script(replyJson(body));
    const result = await check(await modelAt(scripted.url, { openai_api_mode: 'chat_completions' }));
    expect(result.body).toMatchObject({ ok: false, error: { upstream_status: 200 } });
  });

  it.each([
    ["the provider's key", 'UPDATE providers SET secret_version = 7 WHERE id = ?', 'provider_id'],
    ["the model's headers", 'UPDATE provider_models SET headers_version = 7 WHERE id = ?', 'id'],
  ])('returns 409 without an upstream call when %s cannot be opened', async (_whose, update, id) => {
    scripted.script(replyJson(CHAT));
    const model = await modelAt(
      scripted.url,
      {},
      { advanced_json: { extra_headers: { 'X-Token': 'secret' } } },
    );
    await app.database.query(update, [model[id]]);
    expect(problem(await check(model))).toEqual({ status: 409, code: 'llm_providers.secret_undecryptable' });
    expect(scripted.connections).toBe(0);
  });

  it('returns 404 for a model of another provider', async () => {
    const model = await modelAt(vendor.url);
    const other = await createProvider(app.api, { base_url: vendor.url });
    expect((await check({ ...model, provider_id: other.id })).status).toBe(404);
  });
});

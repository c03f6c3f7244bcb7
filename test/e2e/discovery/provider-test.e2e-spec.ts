import { startTestApp, type TestApp } from '../../support/app/app';
import { createClientWith, createProvider, problem, providerPath } from '../../support/registry/factories';
import { createProviderAt } from '../../support/upstreams/discovery-factories';
import { startUpstream, type Upstream } from '../../support/upstreams/mock-upstream';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { hang, replyJson, replyRedirect, replyText, reset } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const OK = { ok: true, latency_ms: expect.any(Number) };
const failure = (code: string, upstream_status: number | null) => ({
  ok: false,
  latency_ms: expect.any(Number),
  error: { code, detail: expect.any(String), upstream_status },
});

describe('POST /v1/llm-providers/{id}/test', () => {
  let app: TestApp;
  let vendor: Upstream;
  let scripted: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    vendor = await startUpstream();
    scripted = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), vendor.stop(), scripted.stop()]));

  const check = async (path: string, api = app.api) => api.post(`${path}/test`);

  it.each(['openai', 'anthropic'])(
    'succeeds when the models can be listed, free of charge (%s)',
    async (provider) => {
      const path = await createProviderAt(app.api, vendor.url, { provider });
      const paidCalls = vendor.mock.getRequests().length;
      const response = await check(path);
      expect(response.status).toBe(200);
      expect(response.body).toEqual(OK);
      expect(Number.isInteger(response.body.latency_ms) && response.body.latency_ms >= 0).toBe(true);
      expect(vendor.mock.getRequests()).toHaveLength(paidCalls);
    },
  );

  it('asks the upstream each time, without the cache', async () => {
    scripted.script(replyJson(openaiModelList(['one'])));
    const path = await createProviderAt(app.api, scripted.url);
    await app.api.get(`${path}/available-models`);
    await check(path);
    scripted.script(replyJson({}, 401));
    expect((await check(path)).body.ok).toBe(false);
    expect((await app.api.get(`${path}/available-models`)).body.cached).toBe(true);
  });

  it.each([
    [
      'rejects the key',
      replyJson({ error: { message: 'bad key' } }, 401),
      'llm_providers.upstream_auth_failed',
      401,
    ],
    ['returns 403', replyJson({}, 403), 'llm_providers.upstream_auth_failed', 403],
    [
      'has no such path',
      replyText('Not found', 'text/plain', 404),
      'llm_providers.upstream_request_failed',
      404,
    ],
    ['is out of quota', replyJson({}, 429), 'llm_providers.upstream_request_failed', 429],
    ['redirects', replyRedirect('http://127.0.0.1:9/'), 'llm_providers.upstream_request_failed', 302],
    ['fails', replyJson({}, 500), 'llm_providers.upstream_error', 500],
    ['sends a page', replyText('<html>'), 'llm_providers.upstream_invalid_response', 200],
    ['hangs', hang(), 'llm_providers.upstream_timeout', null],
    ['resets', reset(), 'upstream_unreachable', null],
  ])('returns 200 with ok false when the upstream %s', async (_what, reply, code, status) => {
    scripted.script(reply);
    const response = await check(
      await createProviderAt(app.api, scripted.url, {
        advanced_json: { timeout_ms: code === 'llm_providers.upstream_timeout' ? 150 : 60_000 },
      }),
    );
    expect(response.status).toBe(200);
    expect(response.body).toEqual(failure(code, status));
  });

  it('returns 200 with ok false for a denied address', async () => {
    const provider = await createProvider(app.api);
    await app.database.query('UPDATE providers SET base_url = ? WHERE id = ?', [
      'http://127.0.0.1:80',
      provider.id,
    ]);
    expect((await check(providerPath(provider))).body).toEqual(failure('egress_denied', null));
  });

  it('returns 409 without an upstream call when the stored key cannot be opened', async () => {
    scripted.script(replyJson(openaiModelList(['one'])));
    const provider = await createProvider(app.api, { base_url: scripted.url });
    await app.database.query('UPDATE providers SET secret_version = 7 WHERE id = ?', [provider.id]);
    const response = await check(providerPath(provider));
    expect(problem(response)).toEqual({ status: 409, code: 'llm_providers.secret_undecryptable' });
    expect(scripted.connections).toBe(0);
  });

  it('requires the scope providers:write and returns 404 for a missing provider', async () => {
    const path = await createProviderAt(app.api, vendor.url);
    expect((await check(path, await createClientWith(app, ['providers:read']))).status).toBe(403);
    expect((await check(path, await createClientWith(app, ['providers:write']))).status).toBe(200);
    expect((await check('/v1/llm-providers/0193e0a2-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await check('/v1/llm-providers/nonsense')).status).toBe(404);
  });
});

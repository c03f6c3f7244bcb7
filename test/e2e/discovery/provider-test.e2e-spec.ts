import { startTestApp, type TestApp } from '../../support/app/app';
import { createClientWith, createProvider, problem, providerPath } from '../../support/registry/factories';
import { createProviderAt } from '../../support/upstreams/discovery-factories';
import { startUpstream, type Upstream } from '../../support/upstreams/mock-upstream';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { hang, replyJson, replyRedirect, replyText, reset } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const ACCEPTED = { ok: true, latency_ms: expect.any(Number), key: 'accepted' };
const NOT_CHECKED = {
  ok: true,
  latency_ms: expect.any(Number),
  key: 'not_checked',
  detail: expect.stringContaining('Test a model'),
};
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
      expect(response.body).toEqual(ACCEPTED);
      expect(Number.isInteger(response.body.latency_ms) && response.body.latency_ms >= 0).toBe(true);
      expect(vendor.mock.getRequests()).toHaveLength(paidCalls);
    },
  );

  it('says that it did not check the key where the list comes without one, and asks once an hour', async () => {
    scripted.script(replyJson(openaiModelList(['one'])));
    const path = await createProviderAt(app.api, scripted.url);
    expect((await check(path)).body).toEqual(NOT_CHECKED);
    expect((await check(await createProviderAt(app.api, scripted.url))).body).toEqual(NOT_CHECKED);
    const keys = scripted.requests.map(({ headers }) => headers.authorization !== undefined);
    expect(keys).toEqual([true, false, true]);
  });

  it('sends no secret header when it asks without the key', async () => {
    scripted.script(replyJson(openaiModelList(['one'])));
    const advanced_json = { extra_headers: { 'X-Tenant-Token': 'secret-value', 'X-Title': 'app' } };
    await check(await createProviderAt(app.api, `${scripted.url}/tenant`, { advanced_json }));
    const [withKey, without] = scripted.requests;
    expect(withKey?.headers).toMatchObject({ 'x-tenant-token': 'secret-value', 'x-title': 'app' });
    expect(without?.headers).toMatchObject({ 'x-title': 'app' });
    expect(without?.headers).not.toHaveProperty('x-tenant-token');
  });

  it('says that it did not check the key where the list without one fails otherwise', async () => {
    scripted.script(replyJson(openaiModelList(['one'])), replyJson({}, 500));
    const path = await createProviderAt(app.api, `${scripted.url}/flaky`);
    expect((await check(path)).body).toEqual(NOT_CHECKED);
  });

  it('hands on Retry-After', async () => {
    scripted.script(replyJson({ error: { message: 'slow down' } }, 429, { 'retry-after': '37' }));
    const path = await createProviderAt(app.api, scripted.url);
    expect((await check(path)).body.error).toMatchObject({ upstream_status: 429, retry_after: 37 });
    const list = await app.api.get(`${path}/available-models?refresh=true`);
    expect(list.headers.get('retry-after')).toBe('37');
    expect(list.body).toMatchObject({ status: 422, retry_after: 37 });
  });

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

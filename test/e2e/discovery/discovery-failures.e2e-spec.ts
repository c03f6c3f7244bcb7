import { startTestApp, type TestApp } from '../../support/app/app';
import { createModel, createProvider, problem, providerPath } from '../../support/registry/factories';
import { availableModels, idsOf, createProviderAt } from '../../support/upstreams/discovery-factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { hang, replyJson, replyRedirect, replyText, reset } from '../../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const auth = { status: 422, code: 'llm_providers.upstream_auth_failed' };
const rejected = { status: 422, code: 'llm_providers.upstream_request_failed' };
const failed = { status: 502, code: 'llm_providers.upstream_error' };
const invalidResponse = { status: 502, code: 'llm_providers.upstream_invalid_response' };
const unreachable = { status: 502, code: 'upstream_unreachable' };
const timeout = { status: 504, code: 'llm_providers.upstream_timeout' };
const LIST = replyJson(openaiModelList(['one', 'two']));

describe('available-models of a failing upstream', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  const outcomeOf = async (reply: Reply, overrides = {}) => {
    upstream.script(reply);
    return availableModels(app.api, await createProviderAt(app.api, upstream.url, overrides));
  };

  describe.each(['openai', 'anthropic'])('of the kind %s', (provider) => {
    it.each([
      [401, auth],
      [403, auth],
      [400, rejected],
      [404, rejected],
      [405, rejected],
      [418, rejected],
      [429, rejected],
      [500, failed],
      [503, failed],
      [529, failed],
    ])('translates HTTP %i', async (status, expected) => {
      const response = await outcomeOf(replyJson({ error: { message: 'no' } }, status), { provider });
      expect(problem(response)).toEqual(expected);
      expect(response.body.detail).toContain(String(status));
    });

    it.each([
      ['HTML with status 200', replyText('<html><h1>Welcome</h1></html>')],
      ['HTML that claims to be JSON', replyText('<html></html>', 'application/json')],
      ['nothing', replyText('', 'application/json')],
      ['truncated JSON', replyText('{"data":[{"id":"one"}', 'application/json')],
      ['an object without a list', replyJson({})],
      ['a list that is an object', replyJson({ data: { one: {} } })],
      ['a string', replyJson('models')],
      ['null', replyJson(null)],
      ['models that are numbers', replyJson({ data: [1] })],
      ['models without an id', replyJson({ data: [{ name: 'one' }, { name: 'two' }] })],
      ['an id that is a number', replyJson({ data: [{ id: 5 }] })],
      ['an empty id', replyJson({ data: [{ id: '' }] })],
    ])('reports %s as an invalid response', async (_what, reply) => {
      expect(problem(await outcomeOf(reply, { provider }))).toEqual(invalidResponse);
    });

    it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
      const trap = await ScriptedUpstream.start(LIST);
      const response = await outcomeOf(replyRedirect(`${trap.url}/v1/models`, status), { provider });
      await trap.stop();
      expect(problem(response)).toEqual(rejected);
      expect(trap.connections).toBe(0);
    });

    it('reports refused connections as unreachable', async () => {
      const stopped = await ScriptedUpstream.start();
      await stopped.stop();
      const path = await createProviderAt(app.api, stopped.url, { provider });
      expect(problem(await availableModels(app.api, path))).toEqual(unreachable);
    });

    it.each([
      ['before a byte', reset()],
      ['in the middle of the body', reset({ afterBytes: '{"data":[' })],
    ])('reports a reset %s as unreachable', async (_when, reply) => {
      expect(problem(await outcomeOf(reply, { provider }))).toEqual(unreachable);
    });

    it.each([
      ['that never responds', hang()],
      ['that stalls after its headers', hang({ afterHeaders: true })],
    ])('times out on an upstream %s', async (_what, reply) => {
      const response = await outcomeOf(reply, { provider, advanced_json: { timeout_ms: 150 } });
      expect(problem(response)).toEqual(timeout);
      const advice = 'Retry later, or set advanced_json.timeout_ms, up to 20000.';
      expect(response.body.detail).toBe(`The upstream did not respond in time. ${advice}`);
    });
  });

  it.each(['openai', 'anthropic'])('ends endless pages after few requests (%s)', async (provider) => {
    const page = { data: [{ id: 'claude' }], has_more: true, last_id: 'claude' };
    const response = await outcomeOf(replyJson(page), { provider });
    expect(idsOf(response)).toEqual(['claude']);
    expect(response.body).toMatchObject({ truncated: true, left: null });
    expect(upstream.requests.length).toBeLessThan(4);
  });

  it.each(['openai', 'anthropic'])('leaves out and counts entries without an id (%s)', async (provider) => {
    const data = [{ id: 'a' }, { id: '' }, { name: 'b' }, 'c', null, { id: 5 }, { id: 'd' }];
    const response = await outcomeOf(replyJson({ data }), { provider });
    expect(idsOf(response)).toEqual(['a', 'd']);
    expect(response.body).toMatchObject({ truncated: false, left: 0, unreadable: 5 });
  });

  it('keeps a failed list for readers, but not for refresh, imports and other providers', async () => {
    upstream.script(replyJson({ error: { message: 'slow down' } }, 429, { 'retry-after': '37' }));
    const path = await createProviderAt(app.api, upstream.url);
    const first = await availableModels(app.api, path);
    const again = await availableModels(app.api, path);
    expect(problem(again)).toEqual(problem(first));
    expect(again.body.retry_after).toBeGreaterThan(20);
    expect(again.headers.get('retry-after')).toBe(String(again.body.retry_after));
    expect(upstream.requests).toHaveLength(1);
    await availableModels(app.api, path, '?refresh=true');
    await app.api.post(`${path}/models/import`, { all: true });
    await availableModels(app.api, await createProviderAt(app.api, upstream.url));
    expect(upstream.requests).toHaveLength(4);
  });

  it('names the URL of a missing list', async () => {
    const response = await outcomeOf(replyText('Not found', 'text/plain', 404));
    expect(response.body.detail).toContain(`GET ${upstream.url}/v1/models; check base_url`);
  });

  it.each([
    ["OpenAI's", { error: { message: 'You exceeded your quota' } }],
    [
      "Anthropic's",
      { type: 'error', error: { type: 'rate_limit_error', message: 'You exceeded your quota' } },
    ],
    ["FastAPI's", { detail: 'You exceeded your quota' }],
  ])('quotes the message of an error in %s format', async (_whose, body) => {
    expect((await outcomeOf(replyJson(body, 429))).body.detail).toContain('"You exceeded your quota"');
  });

  it('quotes the start of a long message, and nothing that is not JSON', async () => {
    const long = await outcomeOf(replyJson({ error: { message: 'Sorry, no. '.repeat(1000) } }, 400));
    expect(long.body.detail.length).toBeLessThan(300);
    const page = await outcomeOf(replyText('<html>internal host host-q7.corp</html>', 'text/html', 500));
    expect(page.text).not.toContain('host-q7');
  });

  describe('keeps', () => {
    it('the configured models', async () => {
      upstream.script(replyJson({}, 500));
      const provider = await createProvider(app.api, { base_url: upstream.url });
      await createModel(app.api, provider.id, { model: 'one' });
      await availableModels(app.api, providerPath(provider), '?refresh=true');
      const { body } = await app.api.get(providerPath(provider));
      expect(body.models).toMatchObject([{ model: 'one', is_default: true }]);
    });

    it('the cached list', async () => {
      upstream.script(LIST, replyJson({}, 500));
      const path = await createProviderAt(app.api, upstream.url);
      const before = await availableModels(app.api, path);
      expect(problem(await availableModels(app.api, path, '?refresh=true'))).toEqual(failed);
      const after = await availableModels(app.api, path);
      expect(after.body).toEqual({ ...before.body, cached: true });
      expect(idsOf(after)).toEqual(['one', 'two']);
    });
  });

  it('returns 409 without an upstream call when the stored key cannot be opened', async () => {
    upstream.script(LIST);
    const provider = await createProvider(app.api, { base_url: upstream.url });
    await app.database.query('UPDATE providers SET secret_version = 7 WHERE id = ?', [provider.id]);
    const response = await availableModels(app.api, providerPath(provider));
    expect(problem(response)).toEqual({ status: 409, code: 'llm_providers.secret_undecryptable' });
    expect(upstream.connections).toBe(0);
  });
});

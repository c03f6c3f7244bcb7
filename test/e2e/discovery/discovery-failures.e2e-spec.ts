import { startTestApp, type TestApp } from '../../support/app/app';
import { createModel, createProvider, problem, providerPath } from '../../support/registry/factories';
import { availableModels, idsOf, providerAt } from '../../support/upstreams/discovery-factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { hang, replyJson, replyRedirect, replyText, reset } from '../../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const auth = { status: 422, code: 'llm_providers.upstream_auth_failed' };
const refused = { status: 422, code: 'llm_providers.upstream_request_failed' };
const failed = { status: 502, code: 'llm_providers.upstream_error' };
const nonsense = { status: 502, code: 'llm_providers.upstream_invalid_response' };
const unreachable = { status: 502, code: 'upstream_unreachable' };
const timeout = { status: 504, code: 'llm_providers.upstream_timeout' };
const LIST = replyJson(openaiModelList(['one', 'two']));

describe('available-models of an upstream that fails', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  const outcomeOf = async (reply: Reply, overrides = {}) => {
    upstream.script(reply);
    return availableModels(app.api, await providerAt(app.api, upstream.url, overrides));
  };

  describe.each(['openai', 'anthropic'])('kind %s', (provider) => {
    it.each([
      [401, auth],
      [403, auth],
      [400, refused],
      [404, refused],
      [405, refused],
      [418, refused],
      [429, refused],
      [500, failed],
      [503, failed],
      [529, failed],
    ])('translates HTTP %i', async (status, expected) => {
      const answer = await outcomeOf(replyJson({ error: { message: 'no' } }, status), { provider });
      expect(problem(answer)).toEqual(expected);
      expect(answer.body.detail).toContain(String(status));
    });

    it.each([
      ['HTML with status 200', replyText('<html><h1>Welcome</h1></html>')],
      ['HTML that claims to be JSON', replyText('<html></html>', 'application/json')],
      ['nothing', replyText('', 'application/json')],
      ['JSON that is cut short', replyText('{"data":[{"id":"one"}', 'application/json')],
      ['an object without a list', replyJson({})],
      ['a list that is an object', replyJson({ data: { one: {} } })],
      ['a string', replyJson('models')],
      ['null', replyJson(null)],
      ['models that are strings', replyJson({ data: ['one'] })],
      ['a model without an id', replyJson({ data: [{ id: 'one' }, { name: 'two' }] })],
      ['an id that is a number', replyJson({ data: [{ id: 5 }] })],
      ['an empty id', replyJson({ data: [{ id: '' }] })],
    ])('calls %s an invalid response', async (_what, reply) => {
      expect(problem(await outcomeOf(reply, { provider }))).toEqual(nonsense);
    });

    it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
      const trap = await ScriptedUpstream.start(LIST);
      const answer = await outcomeOf(replyRedirect(`${trap.url}/v1/models`, status), { provider });
      await trap.stop();
      expect(problem(answer)).toEqual(refused);
      expect(trap.connections).toBe(0);
    });

    it('calls one that refuses connections unreachable', async () => {
      const gone = await ScriptedUpstream.start();
      await gone.stop();
      const path = await providerAt(app.api, gone.url, { provider });
      expect(problem(await availableModels(app.api, path))).toEqual(unreachable);
    });

    it.each([
      ['before a byte', reset()],
      ['in the middle of the body', reset({ afterBytes: '{"data":[' })],
    ])('calls one that resets %s unreachable', async (_when, reply) => {
      expect(problem(await outcomeOf(reply, { provider }))).toEqual(unreachable);
    });

    it.each([
      ['answers nothing', hang()],
      ['stops after its headers', hang({ afterHeaders: true })],
    ])('gives up one that %s', async (_what, reply) => {
      const answer = await outcomeOf(reply, { provider, advanced_json: { timeout_ms: 150 } });
      expect(problem(answer)).toEqual(timeout);
    });
  });

  it('calls Anthropic pages without an end an invalid response, after few of them', async () => {
    const page = { data: [{ id: 'claude' }], has_more: true, last_id: 'claude' };
    expect(problem(await outcomeOf(replyJson(page), { provider: 'anthropic' }))).toEqual(nonsense);
    expect(upstream.requests.length).toBeLessThan(4);
  });

  it.each([
    ["OpenAI's", { error: { message: 'You exceeded your quota' } }],
    [
      "Anthropic's",
      { type: 'error', error: { type: 'rate_limit_error', message: 'You exceeded your quota' } },
    ],
    ["FastAPI's", { detail: 'You exceeded your quota' }],
  ])('quotes the message of an error in %s shape', async (_whose, body) => {
    expect((await outcomeOf(replyJson(body, 429))).body.detail).toContain('"You exceeded your quota"');
  });

  it('quotes a short piece of a long message, and nothing of what is no JSON', async () => {
    const long = await outcomeOf(replyJson({ error: { message: 'Sorry, no. '.repeat(1000) } }, 400));
    expect(long.body.detail.length).toBeLessThan(300);
    const page = await outcomeOf(replyText('<html>internal host db-7.corp</html>', 'text/html', 500));
    expect(page.text).not.toContain('db-7');
  });

  describe('a failure removes nothing', () => {
    it('neither the models that are configured', async () => {
      upstream.script(replyJson({}, 500));
      const provider = await createProvider(app.api, { base_url: upstream.url });
      await createModel(app.api, provider.id, { model: 'one' });
      await availableModels(app.api, providerPath(provider), '?refresh=true');
      const { body } = await app.api.get(providerPath(provider));
      expect(body.models).toMatchObject([{ model: 'one', is_default: true }]);
    });

    it('nor the list that is cached', async () => {
      upstream.script(LIST, replyJson({}, 500));
      const path = await providerAt(app.api, upstream.url);
      const before = await availableModels(app.api, path);
      expect(problem(await availableModels(app.api, path, '?refresh=true'))).toEqual(failed);
      const after = await availableModels(app.api, path);
      expect(after.body).toEqual({ ...before.body, cached: true });
      expect(idsOf(after)).toEqual(['one', 'two']);
    });
  });

  it('answers 409 where the stored key does not open, and asks nobody', async () => {
    upstream.script(LIST);
    const provider = await createProvider(app.api, { base_url: upstream.url });
    await app.database.query('UPDATE providers SET secret_version = 7 WHERE id = ?', [provider.id]);
    const answer = await availableModels(app.api, providerPath(provider));
    expect(problem(answer)).toEqual({ status: 409, code: 'llm_providers.secret_undecryptable' });
    expect(upstream.connections).toBe(0);
  });
});

import { ProvidersService } from '../../../src/providers/providers.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import { stopMonotonicClock } from '../../support/app/time-travel';
import { eventually } from '../../support/eventually';
import { createModel, createProvider, problem, providerPath } from '../../support/registry/factories';
import {
  availableModels,
  createGate,
  idsOf,
  createProviderAt,
} from '../../support/upstreams/discovery-factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const LIST = replyJson(openaiModelList(['one', 'two']));

describe('the cache of available models', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(() => upstream.script(LIST));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('returns the same list without asking the upstream, marked as cached', async () => {
    const path = await createProviderAt(app.api, upstream.url);
    const first = await availableModels(app.api, path);
    const second = await availableModels(app.api, path);
    expect(first.body.cached).toBe(false);
    expect(second.body).toEqual({ ...first.body, cached: true });
    expect(upstream.requests).toHaveLength(1);
  });

  it('expires after two minutes', async () => {
    const path = await createProviderAt(app.api, upstream.url);
    const start = performance.now();
    stopMonotonicClock(start);
    await availableModels(app.api, path);
    stopMonotonicClock(start + 119_000);
    expect((await availableModels(app.api, path)).body.cached).toBe(true);
    stopMonotonicClock(start + 121_000);
    expect((await availableModels(app.api, path)).body.cached).toBe(false);
    expect(upstream.requests).toHaveLength(2);
  });

  it('is bypassed and renewed with refresh=true', async () => {
    const path = await createProviderAt(app.api, upstream.url);
    await availableModels(app.api, path);
    upstream.script(replyJson(openaiModelList(['three'])));
    const refreshed = await availableModels(app.api, path, '?refresh=true');
    expect(refreshed.body.cached).toBe(false);
    expect(idsOf(refreshed)).toEqual(['three']);
    const after = await availableModels(app.api, path, '?refresh=false');
    expect(after.body).toEqual({ ...refreshed.body, cached: true });
  });

  it.each(['?refresh=1', '?refresh=', '?refresh=TRUE', '?refresh=true&refresh=true', '?fresh=true'])(
    'is not read with the invalid query %s',
    async (query) => {
      const path = await createProviderAt(app.api, upstream.url);
      expect((await availableModels(app.api, path, query)).status).toBe(400);
    },
  );

  it.each<[string, () => object]>([
    ['name', () => ({ name: `renamed ${Math.random()}` })],
    ['api_key', () => ({ api_key: 'sk-another-0123456789abcdef' })],
    ['base_url', () => ({ base_url: `${upstream.url}/v1` })],
    ['provider', () => ({ provider: 'anthropic' })],
    ['openai_api_mode', () => ({ openai_api_mode: 'responses' })],
    ['advanced_json', () => ({ advanced_json: { extra_query: { region: 'eu' } } })],
    ['a secret header', () => ({ advanced_json: { extra_headers: { 'X-Token': 'open sesame' } } })],
  ])('does not apply after a change of %s', async (_field, change) => {
    const path = await createProviderAt(app.api, upstream.url);
    await availableModels(app.api, path);
    expect((await app.api.patch(path, change())).status).toBe(200);
    expect((await availableModels(app.api, path)).body.cached).toBe(false);
    expect(upstream.requests).toHaveLength(2);
  });

  it('is not shared by providers with the same key and address', async () => {
    await availableModels(app.api, await createProviderAt(app.api, upstream.url));
    const other = await availableModels(app.api, await createProviderAt(app.api, upstream.url));
    expect(other.body.cached).toBe(false);
  });

  it('evicts long lists, even of one model, so that they do not fill the memory', async () => {
    upstream.script(replyJson({ data: [{ id: 'one', name: 'x'.repeat(7_000_000) }] }));
    // Not by the client, whose checks take seconds for a long response.
    const isCached = async (path: string): Promise<boolean> => {
      const headers = { authorization: `Bearer ${app.adminToken}` };
      const response = await fetch(`${app.url}${path}/available-models`, { headers });
      return ((await response.json()) as { cached: boolean }).cached;
    };
    const paths: string[] = [];
    for (let list = 0; list < 5; list++) {
      paths.push(await createProviderAt(app.api, upstream.url));
      await isCached(paths[list]!);
    }
    expect(await isCached(paths[4]!)).toBe(true);
    expect(await isCached(paths[0]!)).toBe(false);
  });

  it('shows a model as configured or not immediately after it was created or deleted', async () => {
    const provider = await createProvider(app.api, { base_url: upstream.url });
    const path = providerPath(provider);
    await availableModels(app.api, path);
    const model = await createModel(app.api, provider.id, { model: 'TWO' });
    const configured = async () => {
      const { body } = await availableModels(app.api, path);
      return body.models.map((entry: { configured: boolean }) => entry.configured);
    };
    expect(await configured()).toEqual([false, true]);
    await app.api.delete(`${path}/models/${model.id}`);
    expect(await configured()).toEqual([false, false]);
  });

  it('does not store a response for an earlier configuration under a later one', async () => {
    const { opened, open } = createGate();
    upstream.script(
      async (response, request) => {
        await opened;
        await LIST(response, request);
      },
      replyJson(openaiModelList(['after'])),
    );
    const path = await createProviderAt(app.api, upstream.url);
    const early = availableModels(app.api, path);
    await app.api.patch(path, { name: `changed ${Math.random()}` });
    const late = await availableModels(app.api, path);
    open();
    await early;
    expect(idsOf(late)).toEqual(['after']);
    expect(idsOf(await availableModels(app.api, path))).toEqual(['after']);
  });

  describe('for concurrent requests', () => {
    /** Sends twenty requests that all wait for the first response of the upstream. */
    const sendTwenty = async (path: string, query: string, reply: typeof LIST) => {
      const { opened, open } = createGate();
      upstream.script(async (response, request) => {
        await opened;
        await reply(response, request);
      });
      const find = jest.spyOn(app.app.get(ProvidersService), 'find');
      const responses = Array.from({ length: 20 }, () => availableModels(app.api, path, query));
      await eventually('all have arrived', () => find.mock.results.length === 20);
      await Promise.all(find.mock.results.map(({ value }) => value as Promise<unknown>));
      open();
      return Promise.all(responses);
    };

    it.each(['', '?refresh=true'])('makes one upstream call (%s)', async (query) => {
      const responses = await sendTwenty(await createProviderAt(app.api, upstream.url), query, LIST);
      expect(upstream.requests).toHaveLength(1);
      expect(new Set(responses.map(({ body }) => body.fetched_at)).size).toBe(1);
      expect(responses.map(idsOf)).toEqual(responses.map(() => ['one', 'two']));
    });

    it('returns a failure to all of them, which a refresh asks again', async () => {
      const path = await createProviderAt(app.api, upstream.url);
      const responses = await sendTwenty(path, '', replyJson({ error: 'down' }, 503));
      expect(new Set(responses.map((response) => problem(response).code))).toEqual(
        new Set(['llm_providers.upstream_error']),
      );
      expect(upstream.requests).toHaveLength(1);
      upstream.script(LIST);
      expect((await availableModels(app.api, path, '?refresh=true')).body.cached).toBe(false);
    });
  });
});

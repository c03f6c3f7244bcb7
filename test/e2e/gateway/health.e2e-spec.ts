import { createFailure } from '../../../src/gateway/failure/failure';
import { TargetHealth } from '../../../src/gateway/health/target-health';
import type { GatewayTarget } from '../../../src/gateway/target/gateway-target';
import { MetricsRegistry } from '../../../src/observability/metrics-registry';
import { issueToken, newApiKey } from '../../support/clients/accounts';
import { HeldReply, replyStream } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstream } from '../../support/gateway/use-gateway';
import {
  joinStream,
  openaiError,
  requestOf,
  responseOf,
  streamOf,
} from '../../support/gateway/vendor-responses';
import {
  createModel,
  createOtherAccount,
  createProvider,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { copyModel } from '../../support/registry/seed-rows';
import { replyJson } from '../../support/upstreams/scripted-replies';
import type { Reply } from '../../support/upstreams/scripted-upstream';

type Json = ReturnType<typeof JSON.parse>;

const USABLE = { state: 'usable', reason: null, since: null, until: null };
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const PATH = 'chat/completions';

const failing = (status: number, headers = {}): Reply => replyJson(openaiError('no'), status, headers);

describe('GET /v1/llm-providers/{id}/health', () => {
  const app = useGateway();
  const upstream = useUpstream();
  let provider: Json;
  let models: Json[];

  beforeEach(async () => {
    const target = await app.createTarget(`${upstream.url}/v1`, { models: ['b', 'a', 'c'] });
    provider = target.provider;
    models = [...target.models];
  });

  const read = async (): Promise<Json> => {
    const response = await app.api.get(`${providerPath(provider)}/health`);
    expect(response.status).toBe(200);
    return response.body;
  };
  /** Calls a model once for each reply, each time with one attempt. */
  const call = async (model: string, ...replies: Reply[]): Promise<void> => {
    for (const reply of replies) {
      upstream.script(reply);
      const request = requestOf(PATH, `${provider.name}^${model}`);
      await app.gateway.post(`/v1/${PATH}`, request, { 'x-caret-max-attempts': '1' });
      expect(upstream.requests).toHaveLength(1);
    }
  };

  it('reports no model while all are usable', async () => {
    await call('a', replyJson(responseOf(PATH)));
    expect(await read()).toEqual({
      provider_id: provider.id,
      provider: provider.name,
      observed_since: TIME,
      ...USABLE,
      models: [],
      models_truncated: false,
    });
  });

  it('does not depend on callers that wait too short a time', async () => {
    const silent = Array.from({ length: 5 }, () => new HeldReply());
    upstream.script(...silent.map(({ reply }) => reply));
    const request = requestOf(PATH, `${provider.name}^a`);
    const headers = { 'x-stainless-timeout': '0.2', 'x-caret-max-attempts': '1' };
    for (const held of silent) {
      const [response] = await Promise.all([
        app.gateway.post(`/v1/${PATH}`, request, headers),
        held.arrived(),
      ]);
      expect(response.status).toBe(504);
    }
    expect((await read()).models).toEqual([]);
  });

  it('is counted in the metrics', async () => {
    const count = async (): Promise<number[]> => {
      const text = await app.app.get(MetricsRegistry).text();
      const read = (name: string) =>
        Number(new RegExp(`^caret_gateway_${name} (\\d+)$`, 'm').exec(text)?.[1]);
      return [read('cooling'), read('breakers_open') + read('breakers_half_open')];
    };
    const [cooling, broken] = await count();
    await call('b', failing(429, { 'retry-after': '60' }));
    await call('a', ...new Array<Reply>(5).fill(failing(500)));
    expect(await count()).toEqual([cooling! + 1, broken! + 1]);
  });

  it('reports by name the models that cool, are broken or have failed', async () => {
    const [b, a, c] = models;
    await call('b', failing(429, { 'retry-after': '60' }));
    await call('a', ...new Array<Reply>(5).fill(failing(500)));
    await call('c', failing(503));
    const { models: reported, ...rest } = await read();
    expect(rest).toMatchObject(USABLE);
    const broken = { state: 'broken', reason: 'failures', since: TIME, until: TIME };
    const cooling = { state: 'cooling', reason: 'rate_limit', since: TIME, until: TIME };
    expect(reported).toEqual([
      { model_id: a.id, model: 'a', ...broken, consecutive_failures: 5, repairs: [] },
      { model_id: b.id, model: 'b', ...cooling, consecutive_failures: 0, repairs: [] },
      { model_id: c.id, model: 'c', ...USABLE, consecutive_failures: 1, repairs: [] },
    ]);
    const [, { since, until }] = reported;
    expect(Math.round((Date.parse(until) - Date.parse(since)) / 1000)).toBe(60);
  });

  it('forgets failures after a success', async () => {
    await call('a', failing(500), failing(500), replyJson(responseOf(PATH)));
    expect((await read()).models).toEqual([]);
  });

  it.each([
    [401, 'credentials'],
    [403, 'credentials'],
    [402, 'quota'],
  ])('reports for the whole provider what concerns all of its models: %i', async (status, reason) => {
    await call('a', failing(status));
    expect(await read()).toMatchObject({ state: 'cooling', reason, since: TIME, until: TIME, models: [] });
  });

  it.each([
    ['key', () => ({ api_key: newApiKey() })],
    ['base URL', () => ({ base_url: 'https://other.test/v1', api_key: newApiKey() })],
    ['settings', () => ({ advanced_json: { auth_scheme: 'api-key' } })],
  ])('reports a usable provider after a change of its %s', async (_name, change) => {
    await call('a', failing(401));
    expect((await app.api.patch(providerPath(provider), change())).status).toBe(200);
    expect(await read()).toMatchObject(USABLE);
  });

  it('keeps a cooling after another change of the provider', async () => {
    await call('a', failing(401));
    await app.api.patch(providerPath(provider), { name: `${provider.name}-renamed` });
    expect(await read()).toMatchObject({ state: 'cooling', reason: 'credentials' });
  });

  it('reports what Caret learned to leave out', async () => {
    const rejection = replyJson(openaiError('Unknown parameter: stream_options'), 400);
    upstream.script(rejection, replyStream([joinStream(streamOf(PATH))]));
    const request = requestOf(PATH, `${provider.name}^a`, { stream: true });
    const stream = await app.gateway.stream(`/v1/${PATH}`, request);
    expect(await stream.finished()).toBe(true);
    const repair = { name: 'stream_usage', protocol: 'openai_chat_completions', only: null, until: TIME };
    expect((await read()).models).toEqual([
      { model_id: models[1].id, model: 'a', ...USABLE, consecutive_failures: 0, repairs: [repair] },
    ]);
  });

  it('reports nothing of a deleted model', async () => {
    await call('a', failing(500));
    await app.api.delete(modelPath(models[1]));
    expect((await read()).models).toEqual([]);
  });

  it.each([
    ['that does not exist', '0193e0a2-6f40-7abc-9b02-1c7e4a9d5f28'],
    ['that is no id', 'main'],
  ])('returns 404 for a provider %s', async (_name, id) => {
    const response = await app.api.get(`/v1/llm-providers/${id}/health`);
    expect(problem(response)).toEqual({ status: 404, code: 'llm_providers.not_found' });
  });

  it('returns 404 for a provider of another account', async () => {
    const response = await (await createOtherAccount(app)).get(`${providerPath(provider)}/health`);
    expect(problem(response)).toEqual({ status: 404, code: 'llm_providers.not_found' });
  });

  it('needs the scope providers:read', async () => {
    const { token } = await issueToken(app, ['gateway:use']);
    const response = await app.clientFor(token).get(`${providerPath(provider)}/health`);
    expect(problem(response)).toEqual({ status: 403, code: 'auth.insufficient_scope' });
  });

  it('reports at most 1000 models, and that there are more', async () => {
    const api = await createOtherAccount(app);
    provider = await createProvider(api);
    const model = await createModel(api, provider.id);
    await copyModel(app.database, model.id, 1000, (index) => `copy-${index}`);
    const rows = await app.database.query<{ id: string }>(
      'SELECT id FROM provider_models WHERE provider_id = ?',
      [provider.id],
    );
    expect(rows).toHaveLength(1001);
    const health = app.app.get(TargetHealth);
    for (const { id } of rows) {
      health.recordFailure({ provider, model: { id } } as GatewayTarget, createFailure('model_not_found'));
    }
    const { body: reported } = await api.get(`${providerPath(provider)}/health`);
    expect(reported.models).toHaveLength(1000);
    expect(reported.models_truncated).toBe(true);
  });
});

import { createFailure, type FailureCode } from '../../../src/gateway/failure/failure';
import { LearnedRepairs } from '../../../src/gateway/health/learned-repairs';
import { TargetHealth } from '../../../src/gateway/health/target-health';
import type { GatewayTarget } from '../../../src/gateway/target/gateway-target';
import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken, newApiKey } from '../../support/clients/accounts';
import type { ApiClient, Json } from '../../support/clients/api-client';
import { createModel, createOtherAccount, createProvider, problem } from '../../support/registry/factories';
import { copyModel } from '../../support/registry/seed-rows';

const USABLE = { state: 'usable', reason: null, since: null, until: null };
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** A new provider as routing sees it. */
const ROUTED = { secretVersion: 1, advancedText: '{}', sealedHeaders: null };

describe('GET /v1/llm-providers/{id}/health', () => {
  let app: TestApp;
  let api: ApiClient;
  let provider: Json;
  let models: Json[];

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    api = await createOtherAccount(app);
    provider = await createProvider(api, { name: 'Main', base_url: 'https://upstream.test/v1' });
    models = [];
    for (const model of ['b', 'a', 'c']) models.push(await createModel(api, provider.id, { model }));
  });

  const read = async () => {
    const response = await api.get(`/v1/llm-providers/${provider.id}/health`);
    expect(response.status).toBe(200);
    return response.body;
  };
  /** A target with the secret version of a new provider. */
  const target = (model: Json, facts: Json = {}) =>
    ({
      provider: { ...ROUTED, id: provider.id, baseUrl: provider.base_url, ...facts },
      model: { id: model.id },
    }) as unknown as GatewayTarget;
  const fail = (model: Json, code: FailureCode, facts: Parameters<typeof createFailure>[1] = {}) =>
    app.app.get(TargetHealth, { strict: false }).recordFailure(target(model), createFailure(code, facts));

  it('reports no model while all are usable', async () => {
    const { id: provider_id } = provider;
    expect(await read()).toEqual({
      provider_id,
      provider: 'Main',
      observed_since: TIME,
      ...USABLE,
      models: [],
      models_truncated: false,
    });
  });

  it('reports by name the models that cool, are broken or have failed', async () => {
    const [b, a, c] = models;
    fail(b, 'rate_limit_exceeded', { retryAfterMs: 60_000 });
    for (let count = 0; count < 5; count++) fail(a, 'upstream_error');
    fail(c, 'connection_refused');
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
    expect(Date.parse(until) - Date.parse(since)).toBe(60_000);
  });

  it.each<[FailureCode, string]>([
    ['upstream_auth_failed', 'credentials'],
    ['upstream_quota', 'quota'],
  ])('reports for the whole provider what concerns all of its models: %s', async (code, reason) => {
    fail(models[0], code);
    expect(await read()).toMatchObject({ state: 'cooling', reason, since: TIME, until: TIME, models: [] });
  });

  it.each([
    ['key', () => ({ api_key: newApiKey() })],
    ['base URL', () => ({ base_url: 'https://other.test/v1', api_key: newApiKey() })],
  ])('reports a usable provider after a new %s', async (_name, change) => {
    fail(models[0], 'upstream_auth_failed');
    const changed = await api.patch(`/v1/llm-providers/${provider.id}`, change());
    expect(changed.status).toBe(200);
    expect(await read()).toMatchObject(USABLE);
  });

  it('keeps a cooling after another change of the provider', async () => {
    fail(models[0], 'upstream_auth_failed');
    await api.patch(`/v1/llm-providers/${provider.id}`, { name: 'Renamed' });
    expect(await read()).toMatchObject({ provider: 'Renamed', state: 'cooling', reason: 'credentials' });
  });

  it('reports what Caret learned to leave out', async () => {
    const [model] = models;
    const repair = { name: 'beta_flags', only: ['context-1m-2025-08-07'] } as const;
    const learned = app.app.get(LearnedRepairs, { strict: false });
    learned.learn(target(model), 'anthropic_messages', repair);
    learned.learn(target(model), null, { name: 'encoding_format', only: null });
    expect((await read()).models).toEqual([
      {
        model_id: model.id,
        model: 'b',
        ...USABLE,
        consecutive_failures: 0,
        repairs: [
          { ...repair, protocol: 'anthropic_messages', until: TIME },
          { name: 'encoding_format', only: null, protocol: null, until: TIME },
        ],
      },
    ]);
  });

  it('reports nothing of a deleted model', async () => {
    const [model] = models;
    fail(model, 'model_not_found');
    await api.delete(`/v1/llm-providers/${provider.id}/models/${model.id}`);
    expect((await read()).models).toEqual([]);
  });

  it.each([
    ['of another account', () => app.api.get(`/v1/llm-providers/${provider.id}/health`)],
    ['that does not exist', () => api.get('/v1/llm-providers/0193e0a2-6f40-7abc-9b02-1c7e4a9d5f28/health')],
    ['that is no id', () => api.get('/v1/llm-providers/main/health')],
  ])('returns 404 for a provider %s', async (_name, request) => {
    expect(problem(await request())).toEqual({ status: 404, code: 'llm_providers.not_found' });
  });

  it('needs the scope providers:read', async () => {
    const { token } = await issueToken(app, ['gateway:use']);
    const response = await app.clientFor(token).get(`/v1/llm-providers/${provider.id}/health`);
    expect(problem(response)).toEqual({ status: 403, code: 'auth.insufficient_scope' });
  });

  it('reports at most 1000 models, and that there are more', async () => {
    const health = app.app.get(TargetHealth, { strict: false });
    await copyModel(app.database, models[0].id, 998, (index) => `copy-${index}`);
    const rows = await app.database.query<{ id: string }>(
      "SELECT id FROM provider_models WHERE provider_id = ? AND model LIKE 'copy-%'",
      [provider.id],
    );
    for (const row of rows) health.recordFailure(target(row), createFailure('model_not_found'));
    for (const model of models) fail(model, 'model_not_found');
    const reported = await read();
    expect(reported.models).toHaveLength(1000);
    expect(reported.models_truncated).toBe(true);
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { expireToken } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import {
  createModel,
  createOtherAccount,
  createProvider,
  modelPath,
  providerBody,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const MEBIBYTE = 2 ** 20;
const LIMITS = { QUOTA_PROVIDERS: '2', QUOTA_MODELS: '3', QUOTA_TOKENS: '4' };

/** A text of almost the maximum of `advanced_json`, so that 17 of them fill a mebibyte. */
const large = { text: 'x'.repeat(62_000) };

const usedOf = async (api: ApiClient, kind: string): Promise<number> =>
  (await api.get('/v1/account')).body.quotas[kind].used;

function rejection({ status, body }: ApiResponse): Json {
  const { code, quota, limit, used, requested } = body;
  return { status, code, quota, limit, used, requested };
}

function exceeded(quota: string, limit: number, used: number, requested: number): Json {
  return { status: 409, code: 'quota.exceeded', quota, limit, used, requested };
}

describe('a quota', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let api: ApiClient;

  beforeAll(async () => {
    app = await startTestApp({ env: LIMITS });
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  /** Each test has an account of its own, with one token. */
  beforeEach(async () => {
    api = await createOtherAccount(app);
  });

  const importModels = (provider: Json, models: readonly string[]) =>
    api.post(`${providerPath(provider)}/models/import`, { models });

  it('of providers rejects one too many, until one is deleted', async () => {
    const first = await createProvider(api);
    await createProvider(api);
    const response = await api.post('/v1/llm-providers', providerBody());
    expect(rejection(response)).toEqual(exceeded('providers', 2, 2, 1));
    expect(response.body.detail).toBe(
      'The account may have 2 providers, has 2, and the request adds 1. Delete what you no longer need, or raise QUOTA_PROVIDERS.',
    );
    expect((await api.get('/v1/llm-providers')).body).toHaveLength(2);
    await api.delete(providerPath(first));
    await createProvider(api);
  });

  it('of models counts those of all providers, and deleting a provider frees its models', async () => {
    const [first, second] = [await createProvider(api), await createProvider(api)];
    for (const provider of [first, first, second]) await createModel(api, provider.id);
    const create = () => api.post(`${providerPath(second)}/models`, { model: 'one too many' });
    expect(rejection(await create())).toEqual(exceeded('models', 3, 3, 1));
    await api.delete(providerPath(first));
    expect((await create()).status).toBe(201);
    expect(await usedOf(api, 'models')).toBe(2);
  });

  it('of models rejects an import that does not fit as a whole', async () => {
    upstream.script(replyJson(openaiModelList(['a', 'b', 'c', 'd'])));
    const provider = await createProvider(api, { base_url: upstream.url });
    await createModel(api, provider.id, { model: 'a' });
    const { revision } = (await api.get('/v1/account')).body;
    expect(rejection(await importModels(provider, ['a', 'b', 'c', 'd']))).toEqual(
      exceeded('models', 3, 1, 3),
    );
    expect((await api.get(`${providerPath(provider)}/models`)).body).toHaveLength(1);
    expect((await api.get('/v1/account')).body.revision).toBe(revision);
    expect((await importModels(provider, ['a', 'b', 'c'])).body.added).toHaveLength(2);
  });

  it('of tokens counts expired tokens until they are deleted, and rotation adds none', async () => {
    const create = (more: Json = {}) =>
      api.post('/v1/tokens', { name: uniqueName('token'), scopes: ['providers:read'], ...more });
    const tokens = [await create(), await create(), await create()];
    expect(rejection(await create())).toEqual(exceeded('tokens', 4, 4, 1));
    expect((await api.post(`/v1/tokens/${tokens[0]!.body.id}/rotate`)).status).toBe(200);
    await api.delete(`/v1/tokens/${tokens[0]!.body.id}`);
    expect((await create()).status).toBe(201);
    await expireToken(app, tokens[1]!.body.id);
    expect(await usedOf(api, 'tokens')).toBe(4);
    expect(rejection(await create())).toEqual(exceeded('tokens', 4, 4, 1));
    expect((await api.delete(`/v1/tokens/${tokens[1]!.body.id}`)).status).toBe(204);
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(409);
  });

  it('of one account does not concern another', async () => {
    for (let count = 0; count < 2; count++) await createProvider(api);
    await createProvider(await createOtherAccount(app));
  });

  it('appears in a metric with the used part of the fullest account', async () => {
    await createProvider(api);
    await createProvider(api);
    const { text } = await app.clientFor().get('/metrics');
    expect(text).toContain('caret_quota_used_ratio{kind="providers"} 1');
    for (const kind of ['models', 'registry_bytes', 'tokens']) {
      expect(text).toMatch(new RegExp(`caret_quota_used_ratio\\{kind="${kind}"\\} [0-9.]+`));
    }
  });

  it('is checked again when a request is repeated with its Idempotency-Key', async () => {
    const [first] = [await createProvider(api), await createProvider(api)];
    const body = providerBody();
    const create = () => api.post('/v1/llm-providers', body, { headers: { 'idempotency-key': body.name } });
    expect((await create()).body.code).toBe('quota.exceeded');
    await api.delete(providerPath(first));
    const created = await create();
    expect(created.status).toBe(201);
    expect((await create()).text).toBe(created.text);
    expect(await usedOf(api, 'providers')).toBe(2);
  });
});

describe('the quota of bytes', () => {
  let app: TestApp;
  let provider: Json;
  let models: Json[];

  beforeAll(async () => {
    app = await startTestApp({ env: { QUOTA_REGISTRY_MB: '1' } });
    provider = await createProvider(app.api);
    models = [];
    for (let count = 0; count < 16; count++) {
      models.push(await createModel(app.api, provider.id, { advanced_json: large }));
    }
  });
  afterAll(() => app.stop());

  it.each<[string, () => Promise<ApiResponse>]>([
    ['a model', () => app.api.post(`${providerPath(provider)}/models`, { model: 'm', advanced_json: large })],
    ['a provider', () => app.api.post('/v1/llm-providers', providerBody({ advanced_json: large }))],
    ['a larger provider', () => app.api.patch(providerPath(provider), { advanced_json: large })],
    [
      'secret headers',
      () => app.api.patch(providerPath(provider), { advanced_json: { extra_headers: secretHeaders() } }),
    ],
  ])('rejects %s that does not fit', async (_name, send) => {
    const used = await usedOf(app.api, 'registry_bytes');
    const { status, body } = await send();
    expect({ status, ...body }).toMatchObject({
      status: 409,
      code: 'quota.exceeded',
      quota: 'registry_bytes',
    });
    expect(body).toMatchObject({ limit: MEBIBYTE, used });
    expect(body.requested).toBeGreaterThan(MEBIBYTE - used);
    expect(await usedOf(app.api, 'registry_bytes')).toBe(used);
  });

  it('counts what a change removes', async () => {
    const before = await usedOf(app.api, 'registry_bytes');
    const { status } = await app.api.patch(modelPath(models[0]), { advanced_json: { text: 'é' } });
    const removed = JSON.stringify(large).length - Buffer.byteLength('{"text":"é"}');
    expect(status).toBe(200);
    expect(await usedOf(app.api, 'registry_bytes')).toBe(before - removed);
    expect((await app.api.patch(modelPath(models[0]), { advanced_json: large })).status).toBe(200);
  });
});

/** Secret headers of about 60 KB. Their values are stored only sealed. */
function secretHeaders(): Json {
  return Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`X-Token-${index}`, 'x'.repeat(4000)]));
}

describe('an account above its quotas', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await app.stop();
    await database.drop();
  });

  it('keeps what it has, may make it smaller, and cannot add', async () => {
    const unlimited = { QUOTA_PROVIDERS: '0', QUOTA_MODELS: '0', QUOTA_REGISTRY_MB: '0', QUOTA_TOKENS: '0' };
    app = await startTestApp({ database, env: unlimited });
    const provider = await createProvider(app.api);
    const models: Json[] = [];
    for (let count = 0; count < 18; count++) {
      models.push(await createModel(app.api, provider.id, { advanced_json: large }));
    }
    const { quotas } = (await app.api.get('/v1/account')).body;
    expect(quotas.models).toEqual({ limit: null, used: 18 });
    await app.stop();
    app = await startTestApp({ database, env: { ...app.env, ...LIMITS, QUOTA_REGISTRY_MB: '1' } });
    expect((await app.api.get('/v1/account')).body.quotas).toMatchObject({
      models: { limit: 3, used: 18 },
      registry_bytes: { limit: MEBIBYTE, used: quotas.registry_bytes.used },
    });
    const change = (body: Json) => app.api.patch(modelPath(models[0]), body);
    expect((await change({ advanced_json: { text: `${large.text}x` } })).body.code).toBe('quota.exceeded');
    expect((await change({ priority: 2 })).status).toBe(200);
    expect((await change({ advanced_json: { text: 'x' } })).status).toBe(200);
    expect((await app.api.post(`${providerPath(provider)}/models`, { model: 'm' })).body.code).toBe(
      'quota.exceeded',
    );
    expect((await app.api.delete(modelPath(models[0]))).status).toBe(204);
  });
});

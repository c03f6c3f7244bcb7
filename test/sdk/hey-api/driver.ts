import assert from 'node:assert/strict';
import { client } from './client/client.gen.js';
import {
  calculateCost,
  createProvider,
  createProviderModel,
  createToken,
  type CreateTokenRequest,
  deleteProvider,
  deleteProviderModel,
  discoverModels,
  getAccount,
  getProvider,
  importModels,
  listAuditEvents,
  listAvailableModels,
  listProviderModels,
  listProviders,
  type Model,
  resolveSelector,
  testProvider,
  testProviderModel,
  updateProvider,
  updateProviderModel,
} from './client/index.js';

/**
 * The scenario of test/sdk/README.md, and what the published requirement lists beyond it, with a client that
 * hey-api generated. `test/e2e/sdk/typescript-sdk.e2e-spec.ts` generates the client, compiles both and runs this.
 */
const { CARET_URL = '', CARET_TOKEN = '', UPSTREAM_URL = '' } = process.env;
const throwOnError = true;
const api_key = 'sk-driver-0123456789abcdef';

client.setConfig({ baseUrl: CARET_URL, auth: CARET_TOKEN });

async function main(): Promise<void> {
  const { data: account } = await getAccount({ throwOnError });
  assert.ok(account.token.scopes.includes('admin'));
  assert.deepEqual((await listProviders({ throwOnError })).data, []);

  const providerId = await manageProviders(account.id);
  const first = await manageModels(providerId);
  await discover(providerId);
  await route(first);
  await createTokens();
  await readAuditEvents(first);
  await deleteAll(providerId);
}

async function manageProviders(accountId: string): Promise<string> {
  const body = {
    name: 'main',
    provider: 'openai',
    api_key,
    base_url: UPSTREAM_URL,
    openai_api_mode: 'chat_completions',
    advanced_json: { temperature: 0.2, timeout_ms: 5000, extra_headers: { 'X-Token': 'secret' } },
  } as const;
  const once = { body, headers: { 'Idempotency-Key': 'provider-1' }, throwOnError } as const;
  const { data: created, response } = await createProvider(once);
  assert.deepEqual((await createProvider(once)).data, created);
  assert.equal(response.headers.get('location'), `/v1/llm-providers/${created.id}`);
  assert.equal(created.account_id, accountId);
  assert.equal(created.secret_status, 'ok');
  assert.equal(created.key_prefix, 'sk-dri');
  assert.deepEqual(created.advanced_json?.extra_headers, { 'X-Token': '***' });
  assert.equal(created.advanced_json?.timeout_ms, 5000);

  const { error } = await createProvider({ body });
  assert.equal(error?.status, 409);
  assert.equal(error.code, 'llm_providers.name_conflict');
  const { error: invalid } = await createProvider({ body: { ...body, name: 'a^b' } });
  assert.equal(invalid?.errors?.[0]?.pointer, '/name');

  const { data: listed } = await listProviders({ query: { provider: 'openai', limit: 10 }, throwOnError });
  assert.deepEqual(
    listed.map(({ id, models }) => [id, models]),
    [[created.id, []]],
  );

  const path = { provider_id: created.id };
  const etag = (await getProvider({ path })).response?.headers.get('ETag') ?? '';
  // The client has no data for 304, so `throwOnError` would throw here.
  const unchanged = await getProvider({ path, headers: { 'If-None-Match': etag } });
  assert.equal(unchanged.response?.status, 304);

  const { data: cleared } = await updateProvider({
    path,
    body: { name: 'renamed', base_url: null, openai_api_mode: null, advanced_json: null },
    throwOnError,
  });
  assert.deepEqual(
    [cleared.name, cleared.base_url, cleared.openai_api_mode, cleared.advanced_json],
    ['renamed', null, null, null],
  );
  const turned = await updateProvider({ path, body: { provider: 'anthropic', api_key }, throwOnError });
  assert.equal(turned.data.provider, 'anthropic');
  const restored = await updateProvider({ path, body, throwOnError });
  const stale = await updateProvider({ path, body: { name: 'x' }, headers: { 'If-Match': etag } });
  assert.equal(stale.error?.status, 412);
  assert.equal(restored.data.openai_api_mode, 'chat_completions');
  return created.id;
}

async function manageModels(provider_id: string): Promise<Model> {
  const path = { provider_id };
  const labels = { model: 'first', aliases: ['primary'], tags: ['fast'], enabled: true };
  const everything = {
    ...labels,
    priority: 7,
    is_default: true,
    when: { tier: 'pro' },
    advanced_json: { temperature: 0.9, extra_query: { region: 'eu' } },
    multiplier: 2,
    cost_per_1k_input: 0.003,
    cost_per_1k_output: 0.015,
    cost_per_1k_cache_write: 0.00375,
    cost_per_1k_cache_read: 0,
  };
  const { data: first } = await createProviderModel({ path, body: everything, throwOnError });
  const { id, created_at, updated_at } = first;
  const settings = { ...everything, pricing: null };
  assert.deepEqual(first, { id, provider_id, selector: 'main^first', ...settings, created_at, updated_at });

  const model = { ...path, model_id: id };
  const { data: retagged } = await updateProviderModel({
    path: model,
    body: { tags: ['cheap'] },
    throwOnError,
  });
  assert.deepEqual(retagged, { ...first, tags: ['cheap'], updated_at: retagged.updated_at });
  const cleared = await updateProviderModel({
    path: model,
    body: { when: null, advanced_json: null, cost_per_1k_cache_read: null },
    throwOnError,
  });
  const { when, advanced_json, cost_per_1k_cache_read, priority } = cleared.data;
  assert.deepEqual([when, advanced_json, cost_per_1k_cache_read, priority], [{}, {}, null, 7]);

  const { data: second } = await createProviderModel({ path, body: { model: 'second' }, throwOnError });
  await updateProviderModel({
    path: { ...path, model_id: second.id },
    body: { is_default: true },
    throwOnError,
  });
  const { data: models } = await listProviderModels({ path, throwOnError });
  assert.deepEqual(
    models.filter(({ is_default }) => is_default).map((listed) => listed.model),
    ['second'],
  );
  return first;
}

async function discover(provider_id: string): Promise<void> {
  const path = { provider_id };
  const { data: available } = await listAvailableModels({ path, query: { refresh: true }, throwOnError });
  assert.equal(available.cached, false);
  assert.deepEqual(
    available.models.map(({ id }) => id),
    ['gpt-4o', 'gpt-4o-mini'],
  );
  const body = { provider: 'openai', api_key, base_url: UPSTREAM_URL } as const;
  assert.equal((await discoverModels({ body, throwOnError })).data.models.length, 2);

  const some = await importModels({
    path,
    body: { models: ['gpt-4o', 'gone'], price: 'suggested' },
    throwOnError,
  });
  assert.deepEqual(some.data.skipped, [{ id: 'gone', reason: 'not_offered' }]);
  const all = await importModels({ path, body: { all: true, tags: ['new'] }, throwOnError });
  const [imported] = all.data.added;
  assert.deepEqual([imported?.model, imported?.tags], ['gpt-4o-mini', ['new']]);

  assert.equal((await testProvider({ path, throwOnError })).data.error, undefined);
  const model = { ...path, model_id: imported?.id ?? '' };
  assert.equal((await testProviderModel({ path: model, throwOnError })).data.ok, true);

  const pages = await allPages((cursor) => listProviderModels({ path, query: { limit: 1, cursor } }));
  assert.deepEqual(
    pages.map((page) => page.map((listed) => listed.model)),
    [['first'], ['second'], ['gpt-4o'], ['gpt-4o-mini']],
  );
  assert.equal((await deleteProviderModel({ path: model, throwOnError })).response.status, 204);
}

async function route(first: Model): Promise<void> {
  const body = { selector: 'main^first', context: { tier: 'pro' } };
  const { selected } = (await resolveSelector({ body, throwOnError })).data;
  assert.deepEqual([selected.model_id, selected.multiplier], [first.id, 2]);
  const { error } = await resolveSelector({ body: { selector: 'main^absent' } });
  assert.equal(error?.status, 404);
  assert.ok('considered' in error && error.considered?.length);

  const usage = { prompt_tokens: 1000, completion_tokens: 1000 };
  const { data: cost } = await calculateCost({ body: { selector: 'main^first', usage }, throwOnError });
  assert.deepEqual([cost.cost, cost.parts.map(({ kind }) => kind)], ['0.036', ['input', 'output']]);
}

async function createTokens(): Promise<void> {
  const body: CreateTokenRequest = { name: 'application', scopes: ['providers:read'] };
  const once = { body, headers: { 'Idempotency-Key': 'token-1' }, throwOnError } as const;
  const { token, ...rest } = (await createToken(once)).data;
  assert.deepEqual((await createToken(once)).data, rest);
  const { data: own } = await getAccount({ auth: token, throwOnError });
  assert.deepEqual(own.token.scopes, ['providers:read']);
}

async function readAuditEvents(first: Model): Promise<void> {
  const pages = await allPages((cursor) => listAuditEvents({ query: { limit: 3, cursor } }));
  assert.ok(pages.length > 1);
  const retagged = pages
    .flat()
    .filter(({ action, resource }) => action === 'model.update' && resource.id === first.id)
    .flatMap(({ changes }) => changes['tags'] ?? []);
  assert.deepEqual(retagged, [{ before: ['fast'], after: ['cheap'] }]);
}

async function deleteAll(provider_id: string): Promise<void> {
  const path = { provider_id };
  assert.equal((await deleteProvider({ path, throwOnError })).response.status, 204);
  const { error } = await getProvider({ path });
  assert.equal(error?.status, 404);

  const { data: events } = await listAuditEvents({ query: { limit: 1 }, throwOnError });
  assert.equal(events[0]?.action, 'provider.delete');
  assert.deepEqual(events[0].changes['api_key'], { before: '***', after: null });
}

interface Page<T> {
  readonly data?: T[];
  readonly response?: Response;
}

/** Follows `Link`, which the client returns as a plain header. */
async function allPages<T>(readPage: (cursor?: string) => Promise<Page<T>>): Promise<T[][]> {
  const pages: T[][] = [];
  let cursor: string | undefined;
  do {
    const { data, response } = await readPage(cursor);
    assert.ok(data);
    pages.push(data);
    cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(response?.headers.get('Link') ?? '')?.[1];
  } while (cursor);
  return pages;
}

await main();
process.stdout.write('done\n');

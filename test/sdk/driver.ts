import assert from 'node:assert/strict';
import { client } from './client/client.gen.js';
import {
  createProvider,
  createProviderModel,
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
  testProvider,
  testProviderModel,
  updateProvider,
  updateProviderModel,
} from './client/index.js';

/**
 * What an application does with a client generated from `openapi.json`: everything that the published requirement
 * lists. `../e2e/sdk/typescript-sdk.e2e-spec.ts` generates the client beside a copy of this file, compiles both and runs this.
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
  await manageModels(providerId);
  await askTheUpstream(providerId);
  await clearUp(providerId);
}

async function manageProviders(accountId: string): Promise<string> {
  const body = {
    name: 'openai-main',
    provider: 'openai',
    api_key,
    base_url: UPSTREAM_URL,
    openai_api_mode: 'chat_completions',
    advanced_json: { temperature: 0.2, timeout_ms: 5000, extra_headers: { 'X-Token': 'secret' } },
  } as const;
  const { data: created, response } = await createProvider({
    body,
    headers: { 'Idempotency-Key': 'driver-1' },
    throwOnError,
  });
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
  const { data: cleared } = await updateProvider({
    path,
    body: { name: 'renamed', base_url: null, openai_api_mode: null, advanced_json: null },
    throwOnError,
  });
  assert.deepEqual(
    [cleared.name, cleared.base_url, cleared.openai_api_mode, cleared.advanced_json],
    ['renamed', null, null, null],
  );
  const { data: turned } = await updateProvider({
    path,
    body: { provider: 'anthropic', api_key },
    throwOnError,
  });
  assert.equal(turned.provider, 'anthropic');
  const restored = await updateProvider({ path, body, throwOnError });
  const stale = await updateProvider({ path, body: { name: 'x' }, headers: { 'If-Match': '"stale"' } });
  assert.equal(stale.error?.status, 412);
  assert.equal(restored.data.openai_api_mode, 'chat_completions');
  return created.id;
}

async function manageModels(provider_id: string): Promise<void> {
  const path = { provider_id };
  const { data: first } = await createProviderModel({ path, body: { model: 'first' }, throwOnError });
  assert.equal(first.is_default, true);
  const everything = {
    model: 'second',
    priority: 10,
    is_default: true,
    tags: ['smart'],
    when: { tier: 'pro' },
    advanced_json: { temperature: 0.9, extra_query: { region: 'eu' } },
    multiplier: 1.5,
    cost_per_1k_input: 0.003,
    cost_per_1k_output: 0.015,
    cost_per_1k_cache_write: 0.00375,
    cost_per_1k_cache_read: 0,
  };
  const { data: second } = await createProviderModel({ path, body: everything, throwOnError });
  const { id, selector, created_at, updated_at } = second;
  assert.deepEqual(second, { id, provider_id, selector, ...everything, created_at, updated_at });
  assert.equal(selector, 'openai-main^second');

  const model = { ...path, model_id: id };
  const { data: updated } = await updateProviderModel({
    path: model,
    body: { model: 'second-b', priority: 0, tags: ['cheap'], cost_per_1k_input: 0.001 },
    throwOnError,
  });
  assert.deepEqual([updated.model, updated.tags, updated.cost_per_1k_input], ['second-b', ['cheap'], 0.001]);
  const { data: reset } = await updateProviderModel({
    path: model,
    body: { tags: null, when: null, advanced_json: null, multiplier: null, cost_per_1k_output: null },
    throwOnError,
  });
  assert.deepEqual(
    [reset.tags, reset.when, reset.advanced_json, reset.multiplier, reset.cost_per_1k_output],
    [[], {}, {}, 1, null],
  );

  await updateProviderModel({
    path: { ...path, model_id: first.id },
    body: { is_default: true },
    throwOnError,
  });
  const { data: models } = await listProviderModels({ path, throwOnError });
  assert.deepEqual(
    models.filter(({ is_default }) => is_default).map(({ model: name }) => name),
    ['first'],
  );
  const deleted = await deleteProviderModel({ path: model, throwOnError });
  assert.equal(deleted.response.status, 204);
}

async function askTheUpstream(provider_id: string): Promise<void> {
  const path = { provider_id };
  const { data: available } = await listAvailableModels({ path, query: { refresh: true }, throwOnError });
  assert.equal(available.cached, false);
  assert.deepEqual(
    available.models.map(({ id, configured }) => [id, configured]),
    [
      ['gpt-4o', false],
      ['gpt-4o-mini', false],
    ],
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
  assert.equal(imported?.model, 'gpt-4o-mini');

  assert.deepEqual((await testProvider({ path, throwOnError })).data.error, undefined);
  const check = await testProviderModel({ path: { ...path, model_id: imported.id }, throwOnError });
  assert.equal(check.data.ok, true);
}

async function clearUp(provider_id: string): Promise<void> {
  const path = { provider_id };
  assert.equal((await deleteProvider({ path, throwOnError })).response.status, 204);
  const { error } = await getProvider({ path });
  assert.equal(error?.status, 404);

  const { data: events } = await listAuditEvents({ query: { limit: 1 }, throwOnError });
  assert.equal(events[0]?.action, 'provider.delete');
  assert.deepEqual(events[0].changes['api_key'], { before: '***', after: null });
}

await main();
process.stdout.write('done\n');

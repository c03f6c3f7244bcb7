import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

/** The scenario of test/sdk/README.md with types by openapi-typescript and requests by openapi-fetch. */
const { CARET_URL = '', CARET_TOKEN = '', UPSTREAM_URL = '' } = process.env;

type Schemas = components['schemas'];

const client = clientFor(CARET_TOKEN);

async function main(): Promise<void> {
  const account = ok(await client.GET('/v1/account'));
  assert.ok(account.token.scopes.includes('admin'));
  const provider = await manageProviders();
  const first = await manageModels(provider.id);
  await discover(provider.id);
  await route(first);
  await createTokens();
  await readAuditEvents(first.id);
  const path = { provider_id: provider.id };
  const { response } = await client.DELETE('/v1/llm-providers/{provider_id}', { params: { path } });
  assert.equal(response.status, 204);
  problem(404, await client.GET('/v1/llm-providers/{provider_id}', { params: { path } }));
}

async function manageProviders(): Promise<Schemas['Provider']> {
  const body: Schemas['CreateProviderRequest'] = {
    name: 'main',
    provider: 'openai',
    api_key: 'sk-driver-0123456789abcdef',
    base_url: UPSTREAM_URL,
    openai_api_mode: 'chat_completions',
    advanced_json: { temperature: 0.2, timeout_ms: 5000 },
  };
  const once = { header: { 'Idempotency-Key': 'provider-1' } };
  const created = ok(await client.POST('/v1/llm-providers', { body, params: once }));
  assert.deepEqual(ok(await client.POST('/v1/llm-providers', { body, params: once })), created);
  assert.deepEqual(created.advanced_json, body.advanced_json);
  assert.deepEqual(ok(await client.GET('/v1/llm-providers')), [created]);

  const invalid = problem(422, await client.POST('/v1/llm-providers', { body: { ...body, name: 'a^b' } }));
  assert.equal(invalid.errors?.[0]?.pointer, '/name');

  const path = { provider_id: created.id };
  const read = await client.GET('/v1/llm-providers/{provider_id}', { params: { path } });
  const etag = read.response.headers.get('ETag') ?? '';
  const unchanged = await client.GET('/v1/llm-providers/{provider_id}', {
    params: { path, header: { 'If-None-Match': etag } },
  });
  assert.equal(unchanged.response.status, 304);
  assert.equal(unchanged.data, undefined);

  const clear = {
    params: { path, header: { 'If-Match': etag } },
    body: { openai_api_mode: null, advanced_json: null },
  };
  const cleared = ok(await client.PATCH('/v1/llm-providers/{provider_id}', clear));
  const { updated_at } = cleared;
  assert.deepEqual(cleared, { ...created, openai_api_mode: null, advanced_json: null, updated_at });
  problem(412, await client.PATCH('/v1/llm-providers/{provider_id}', clear));
  return cleared;
}

async function manageModels(provider_id: string): Promise<Schemas['Model']> {
  const everything = {
    model: 'first',
    aliases: ['primary'],
    enabled: true,
    priority: 7,
    is_default: true,
    tags: ['fast'],
    when: { tier: 'pro' },
    advanced_json: { temperature: 0.9 },
    multiplier: 2,
    cost_per_1k_input: 0.003,
    cost_per_1k_output: 0.015,
    cost_per_1k_cache_write: 0.00375,
    cost_per_1k_cache_read: 0,
  };
  const first = await createModel(provider_id, everything);
  const { id, created_at, updated_at } = first;
  const settings = { ...everything, pricing: null };
  assert.deepEqual(first, { id, provider_id, selector: 'main^first', ...settings, created_at, updated_at });

  const retagged = await update(first, { tags: ['cheap'] });
  assert.deepEqual(retagged, { ...first, tags: ['cheap'], updated_at: retagged.updated_at });

  const cleared = await update(first, { when: null, cost_per_1k_cache_read: null });
  assert.deepEqual([cleared.when, cleared.cost_per_1k_cache_read, cleared.priority], [{}, null, 7]);

  const second = await createModel(provider_id, { model: 'second' });
  await update(second, { is_default: true });
  const path = { provider_id };
  const models = ok(await client.GET('/v1/llm-providers/{provider_id}/models', { params: { path } }));
  assert.deepEqual(
    models.filter(({ is_default }) => is_default).map(({ model }) => model),
    ['second'],
  );
  return first;
}

async function createModel(provider_id: string, body: Schemas['CreateModelRequest']) {
  const params = { path: { provider_id } };
  return ok(await client.POST('/v1/llm-providers/{provider_id}/models', { params, body }));
}

async function update({ provider_id, id }: Schemas['Model'], body: Schemas['UpdateModelRequest']) {
  const params = { path: { provider_id, model_id: id } };
  return ok(await client.PATCH('/v1/llm-providers/{provider_id}/models/{model_id}', { params, body }));
}

async function discover(provider_id: string): Promise<void> {
  const path = { provider_id };
  const available = ok(
    await client.GET('/v1/llm-providers/{provider_id}/available-models', {
      params: { path, query: { refresh: true } },
    }),
  );
  assert.deepEqual(
    available.models.map(({ id }) => id),
    ['gpt-4o', 'gpt-4o-mini'],
  );

  const importModels = async (body: Schemas['ImportModelsRequest']) =>
    ok(await client.POST('/v1/llm-providers/{provider_id}/models/import', { params: { path }, body }));
  const some = await importModels({ models: ['gpt-4o', 'gone'] });
  assert.deepEqual(some.skipped, [{ id: 'gone', reason: 'not_offered' }]);
  assert.equal(some.added[0]?.model, 'gpt-4o');
  const [imported] = (await importModels({ all: true, tags: ['new'] })).added;
  assert.deepEqual([imported?.model, imported?.tags], ['gpt-4o-mini', ['new']]);

  const pages = await allPages((cursor) =>
    client.GET('/v1/llm-providers/{provider_id}/models', { params: { path, query: { limit: 1, cursor } } }),
  );
  assert.deepEqual(
    pages.map((page) => page.map(({ model }) => model)),
    [['first'], ['second'], ['gpt-4o'], ['gpt-4o-mini']],
  );
}

async function route(first: Schemas['Model']): Promise<void> {
  const resolve = (body: Schemas['ResolveRequest']) => client.POST('/v1/resolve', { body });
  const { selected } = ok(await resolve({ selector: 'main^first', context: { tier: 'pro' } }));
  assert.deepEqual([selected.model_id, selected.multiplier], [first.id, 2]);
  assert.equal(ok(await resolve({ selector: 'auto' })).selected.model, 'second');
  const noRoute = problem(404, await resolve({ selector: 'main^absent' }));
  assert.ok('considered' in noRoute && noRoute.considered?.length);

  const usage = { prompt_tokens: 1000, completion_tokens: 1000 };
  const cost = ok(await client.POST('/v1/cost', { body: { selector: 'main^first', usage } }));
  assert.deepEqual([cost.cost, cost.parts.map(({ kind }) => kind)], ['0.036', ['input', 'output']]);
}

async function createTokens(): Promise<void> {
  const body: Schemas['CreateTokenRequest'] = { name: 'application', scopes: ['providers:read'] };
  const once = { header: { 'Idempotency-Key': 'token-1' } };
  const created = ok(await client.POST('/v1/tokens', { body, params: once }));
  const { token, ...rest } = created;
  assert.deepEqual(ok(await client.POST('/v1/tokens', { body, params: once })), rest);

  const application = clientFor(token ?? '');
  assert.equal(ok(await application.GET('/v1/llm-providers')).length, 1);
  problem(403, await application.POST('/v1/tokens', { body }));
}

async function readAuditEvents(firstId: string): Promise<void> {
  const pages = await allPages((cursor) =>
    client.GET('/v1/audit-events', { params: { query: { limit: 3, cursor } } }),
  );
  assert.ok(pages.length > 1);
  const retagged = pages
    .flat()
    .filter(({ action, resource }) => action === 'model.update' && resource.id === firstId)
    .flatMap(({ changes }) => changes['tags'] ?? []);
  assert.deepEqual(retagged, [{ before: ['fast'], after: ['cheap'] }]);
}

interface Result<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

async function allPages<T>(readPage: (cursor?: string) => Promise<Result<T[]>>): Promise<T[][]> {
  const pages: T[][] = [];
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor);
    pages.push(ok(page));
    cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(page.response.headers.get('Link') ?? '')?.[1];
  } while (cursor);
  return pages;
}

function clientFor(token: string) {
  return createClient<paths>({ baseUrl: CARET_URL, headers: { Authorization: `Bearer ${token}` } });
}

function ok<T>({ data, error }: Result<T>): T {
  assert.ok(data !== undefined, JSON.stringify(error));
  return data;
}

function problem<E extends { status: number } | undefined>(
  status: number,
  { error, response }: { error?: E; response: Response },
): NonNullable<E> {
  assert.ok(error);
  assert.deepEqual([response.status, error.status], [status, status]);
  return error;
}

await main();
process.stdout.write('done\n');

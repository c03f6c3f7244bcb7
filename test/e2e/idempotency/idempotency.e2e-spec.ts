import { timestampIn } from '../../../src/common/timestamp';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import {
  createClientWith,
  createModel,
  createProvider,
  invalid,
  createOtherAccount,
  problem,
  providerBody,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';

const reused = { status: 422, code: 'idempotency.key_reused' };
const conflict = { status: 409, code: 'llm_providers.name_conflict' };

describe('Idempotency-Key', () => {
  let app: TestApp;
  let key: string;
  const post = (body: unknown, api: ApiClient = app.api, path = '/v1/llm-providers') =>
    api.post(path, body, { headers: { 'idempotency-key': key } });
  const summarise = ({ status, text, headers }: ApiResponse) => ({
    status,
    text,
    etag: headers.get('etag'),
    location: headers.get('location'),
  });
  const countProviders = async (name: string) =>
    ((await app.api.get(`/v1/llm-providers?name=${name}`)).body as Json[]).length;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    key = uniqueName('key');
  });

  it('replays the first 201 with body, ETag and Location, and creates one provider', async () => {
    const body = providerBody();
    const first = await post(body);
    expect(first.status).toBe(201);
    for (let again = 0; again < 3; again++) expect(summarise(await post(body))).toEqual(summarise(first));
    expect(await countProviders(body.name)).toBe(1);
  });

  it('replays the first response after the resource was changed or deleted', async () => {
    const body = providerBody();
    const first = await post(body);
    await app.api.patch(providerPath(first.body), { name: uniqueName() });
    expect(summarise(await post(body))).toEqual(summarise(first));
    await app.api.delete(providerPath(first.body));
    expect(summarise(await post(body))).toEqual(summarise(first));
    expect((await app.api.get(providerPath(first.body))).status).toBe(404);
  });

  it('returns 422 for another body with the same key, and creates nothing', async () => {
    const body = providerBody();
    await post(body);
    const other = { ...body, name: uniqueName() };
    expect(problem(await post(other))).toEqual(reused);
    expect(problem(await post({ ...body, api_key: 'another-key' }))).toEqual(reused);
    expect(await countProviders(other.name)).toBe(0);
  });

  it('accepts a corrected body after a validation error', async () => {
    const body = providerBody();
    expect(problem(await post({ ...body, name: '' }))).toEqual(invalid('/name'));
    expect(problem(await post({ ...body, base_url: 'nonsense' }))).toEqual(invalid('/base_url'));
    expect(problem(await post({ ...body, advanced_json: { stream: true } }))).toEqual(
      invalid('/advanced_json/stream'),
    );
    expect((await post(body)).status).toBe(201);
  });

  it('replays a 409 after the conflict is resolved', async () => {
    const taken = await createProvider(app.api);
    const body = providerBody({ name: taken.name });
    expect(problem(await post(body))).toEqual(conflict);
    await app.api.delete(providerPath(taken));
    expect(problem(await post(body))).toEqual(conflict);
    key = uniqueName('key');
    expect((await post(body)).status).toBe(201);
  });

  it('does not store a 404', async () => {
    const path = '/v1/llm-providers/0193b3a0-0000-7000-8000-000000000000/models';
    const before = await app.database.query('SELECT id FROM idempotency_keys');
    expect((await post({ model: 'm' }, app.api, path)).status).toBe(404);
    expect(await app.database.query('SELECT id FROM idempotency_keys')).toEqual(before);
  });

  it('replays the creation of a model', async () => {
    const provider = await createProvider(app.api);
    const path = `${providerPath(provider)}/models`;
    const first = await post({ model: 'm' }, app.api, path);
    expect(summarise(await post({ model: 'm' }, app.api, path))).toEqual(summarise(first));
    expect((await app.api.get(path)).body).toHaveLength(1);
  });

  it('is scoped to the account, not to the token', async () => {
    const body = providerBody();
    const first = await post(body);
    const other = await post(body, await createOtherAccount(app));
    expect(other.status).toBe(201);
    expect(other.body.id).not.toBe(first.body.id);
    expect(summarise(await post(body, await createClientWith(app, ['providers:write'])))).toEqual(
      summarise(first),
    );
  });

  it('is scoped to the route', async () => {
    const [one, other] = [await createProvider(app.api), await createProvider(app.api)];
    const body = { model: 'm' };
    const ids = new Set<string>();
    for (const provider of [one, other]) {
      ids.add((await post(body, app.api, `${providerPath(provider)}/models`)).body.id);
    }
    expect((await post(providerBody())).status).toBe(201);
    expect(ids.size).toBe(2);
  });

  it('returns 403 or 401 before a replay if the caller may not create providers', async () => {
    const body = providerBody();
    await post(body);
    expect((await post(body, await createClientWith(app, ['providers:read']))).status).toBe(403);
    expect((await post(body, app.clientFor())).status).toBe(401);
  });

  it('is ignored by PATCH', async () => {
    const provider = await createProvider(app.api);
    const headers = { 'idempotency-key': key };
    const [first, second] = [uniqueName(), uniqueName()];
    for (const name of [first, second]) {
      const { body } = await app.api.patch(providerPath(provider), { name }, { headers });
      expect(body.name).toBe(name);
    }
  });

  it.each(['', ' ', 'a b', 'é', 'k'.repeat(256)])('returns 400 for the key %j', async (invalidKey) => {
    const header = Buffer.from(invalidKey).toString('latin1');
    const response = await app.api.post('/v1/llm-providers', providerBody(), {
      headers: { 'idempotency-key': header },
    });
    expect(problem(response)).toEqual({ status: 400, code: 'request.idempotency_key' });
  });

  it('stores neither the API key nor the idempotency key', async () => {
    const api_key = 'sk-marker-Hj2mQx9pLw4sVt7y';
    const { body } = await post(
      providerBody({ api_key, advanced_json: { extra_headers: { 'X-Token': api_key } } }),
    );
    const rows = await app.database.query('SELECT * FROM idempotency_keys');
    expect(rows.map(({ response }) => response)).toContain(JSON.stringify(body));
    expect(JSON.stringify(rows)).not.toContain('Hj2mQx9p');
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  it('expires after 24 hours', async () => {
    const body = providerBody();
    const first = await post(body);
    await app.api.delete(providerPath(first.body));
    const yesterday = new Date(Date.now() - 24 * 3600 * 1000 - 1000).toISOString();
    await app.database.query('UPDATE idempotency_keys SET created_at = ?', [yesterday]);
    const second = await post({ ...body, provider: 'anthropic' });
    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('replays an error for ten minutes, then runs the request again', async () => {
    const body = providerBody();
    const provider = await createProvider(app.api, { name: body.name });
    expect(problem(await post(body))).toEqual(conflict);
    await app.api.delete(providerPath(provider));
    const makeOlder = (minutes: number) =>
      app.database.query('UPDATE idempotency_keys SET created_at = ?', [timestampIn(-minutes * 60_000)]);
    await makeOlder(9);
    expect(problem(await post(body))).toEqual(conflict);
    await makeOlder(11);
    expect((await post(body)).status).toBe(201);
    await makeOlder(11);
    expect((await post(body)).status).toBe(201);
    expect(await countProviders(body.name)).toBe(1);
  });

  it('is optional: without it, a repeated creation returns 409 each time', async () => {
    const provider = await createProvider(app.api);
    const model = await createModel(app.api, provider.id);
    const again = () => app.api.post(`${providerPath(provider)}/models`, { model: model.model });
    expect([(await again()).status, (await again()).status]).toEqual([409, 409]);
  });
});

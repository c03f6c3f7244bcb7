import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import {
  createModel,
  createOtherAccount,
  createProvider,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { copyModel, copyProvider } from '../../support/registry/seed-rows';

const MEBIBYTE = 1024 * 1024;
const tooLarge = { status: 422, code: 'list.too_large' };

describe('a registry whose responses are large', () => {
  let app: TestApp;
  let api: ApiClient;
  let provider: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    api = await createOtherAccount(app);
    provider = await createProvider(api);
  });

  /** Gives the provider `count` models. Each has a configuration of `kib` KiB, which text in UTF-8 doubles. */
  const addModels = async (count: number, kib = 0) => {
    const advanced_json = kib ? { note: 'é'.repeat(kib * 512) } : {};
    const first = await createModel(api, provider.id, { advanced_json });
    await copyModel(
      app.database,
      first.id,
      count - 1,
      (index) => `copy-${index}`,
      (index) => ({ priority: index % 7 }),
    );
  };
  const ids = (models: Json[]) => models.map(({ id }) => id);
  const next = ({ headers }: ApiResponse) => /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
  /** Follows the links from the first page, and checks that no page is too large. */
  const walk = async (path: string): Promise<Json[]> => {
    const items: Json[] = [];
    for (let page: string | undefined = path; page !== undefined;) {
      const response: ApiResponse = await api.get(page);
      expect(response.status).toBe(200);
      expect(Buffer.byteLength(response.text)).toBeLessThanOrEqual(16 * MEBIBYTE);
      items.push(...response.body);
      page = next(response);
    }
    return items;
  };
  const modelsPath = () => `${providerPath(provider)}/models`;

  it('shows all of 1000 models in their provider', async () => {
    await addModels(1000);
    const { body } = await api.get(providerPath(provider));
    expect(body.models).toEqual((await api.get(modelsPath())).body);
    expect(body.models).toHaveLength(1000);
    expect(body).not.toHaveProperty('models_truncated');
    expect(body).not.toHaveProperty('models_url');
  });

  it('shows the first 1000 of 1001 models, and links to all of them', async () => {
    await addModels(1001);
    const single = (await api.get(providerPath(provider))).body;
    expect(single).toMatchObject({ models_truncated: true, models_url: expect.any(String) as string });
    const all = await walk(single.models_url as string);
    expect(all).toHaveLength(1001);
    expect(single.models).toEqual(all.slice(0, 1000));
    for (const path of [
      '/v1/llm-providers',
      '/v1/llm-providers?limit=1',
      '/v1/llm-providers?provider=openai',
    ]) {
      expect((await api.get(path)).body).toEqual([single]);
    }
  });

  it('returns the whole list of models, and the rest of it after a cursor, in the order of the pages', async () => {
    await addModels(2345);
    const all = (await api.get(modelsPath())).body as Json[];
    expect(all).toEqual(await walk(`${modelsPath()}?limit=200`));
    const link = next(await api.get(`${modelsPath()}?limit=150`))!;
    const rest = link.replace('limit=150&', '');
    expect((await api.get(rest)).body).toEqual(all.slice(150));
  });

  it('truncates a provider whose models have more than 16 MiB', async () => {
    await addModels(300, 60);
    const response = await api.get(providerPath(provider));
    expect(Buffer.byteLength(response.text)).toBeLessThanOrEqual(16 * MEBIBYTE);
    expect(response.body.models_truncated).toBe(true);
    const all = await walk(response.body.models_url as string);
    expect(ids(all)).toHaveLength(300);
    expect(response.body.models).toEqual(all.slice(0, response.body.models.length as number));
    expect(problem(await api.get(modelsPath()))).toEqual(tooLarge);
  });

  it('rejects a whole list above 16 MiB with a pointer to limit, and serves its pages', async () => {
    await addModels(30, 60);
    const copies = await copyProvider(app.database, provider.id as string, 10);
    const [model] = (await api.get(`${modelsPath()}?limit=1`)).body;
    for (const provider_id of copies) {
      await copyModel(
        app.database,
        model.id as string,
        30,
        (index) => `copy-${index}`,
        () => ({ provider_id }),
      );
    }
    for (const path of ['/v1/llm-providers', '/v1/llm-providers?provider=openai']) {
      const response = await api.get(path);
      expect(problem(response)).toEqual(tooLarge);
      expect(response.body.detail).toContain('limit');
    }
    const providers = await walk('/v1/llm-providers?limit=200');
    expect(ids(providers)).toEqual([...copies, provider.id]);
    expect(providers.map(({ models }) => models.length)).toEqual(Array<number>(11).fill(30));
  });

  it('rejects more models than 16 MiB can contain without building the list', async () => {
    const count = Math.ceil((16 * MEBIBYTE) / 380) + 1;
    await addModels(count);
    expect(problem(await api.get(modelsPath()))).toEqual(tooLarge);
    expect((await api.get(`${modelsPath()}?limit=200`)).body).toHaveLength(200);
    expect((await api.get('/v1/llm-providers')).body[0].models).toHaveLength(1000);
  });

  it('applies If-Match to the truncated representation, and returns it from PATCH', async () => {
    await addModels(1001);
    const path = providerPath(provider);
    const etag = (await api.get(path)).headers.get('etag')!;
    const stale = await api.patch(path, { name: 'renamed' }, { headers: { 'if-match': '"other"' } });
    expect(problem(stale)).toEqual({ status: 412, code: 'request.stale_etag' });
    const changed = await api.patch(path, { name: 'renamed' }, { headers: { 'if-match': etag } });
    const read = await api.get(path);
    expect([changed.text, changed.headers.get('etag')]).toEqual([read.text, read.headers.get('etag')]);
    expect((await api.delete(path, undefined, { headers: { 'if-match': etag } })).status).toBe(412);
    const headers = { 'if-match': read.headers.get('etag')! };
    expect((await api.delete(path, undefined, { headers })).status).toBe(204);
  });

  it('returns the same bytes to concurrent requests', async () => {
    await addModels(1001);
    for (const path of [providerPath(provider), modelsPath(), '/v1/llm-providers?provider=openai']) {
      const responses = await Promise.all(Array.from({ length: 10 }, () => api.get(path)));
      expect(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    }
  });

  it('returns to each PATCH its own provider, also when all have one X-Request-Id', async () => {
    await addModels(1001);
    const [model] = (await api.get(`${modelsPath()}?limit=1`)).body;
    const [copy] = await copyProvider(app.database, provider.id as string, 1);
    const moved = () => ({ provider_id: copy! });
    await copyModel(app.database, model.id as string, 1001, (index) => `copy-${index}`, moved);
    const patched = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? provider.id : copy));
    const headers = { 'x-request-id': 'shared' };
    const responses = await Promise.all(
      patched.map((id, index) =>
        api.patch(`/v1/llm-providers/${id}`, { name: `renamed ${index}` }, { headers }),
      ),
    );
    expect(responses.map(({ body }) => [body.id, body.name])).toEqual(
      patched.map((id, index) => [id, `renamed ${index}`]),
    );
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse } from '../../support/clients/api-client';
import { countStatements, WITHOUT_POLLS } from '../../support/database/statement-count';
import { createModel, createProvider, modelPath, uniqueName } from '../../support/registry/factories';

/** Long enough that no poll is counted. */

describe('the number of statements of a read', () => {
  let app: TestApp;
  let api: ApiClient;
  let selector: string;
  let path: string;

  beforeAll(async () => {
    app = await startTestApp({ env: WITHOUT_POLLS });
    const provider = await createProvider(app.api);
    const model = await createModel(app.api, provider.id, { tags: ['fast'], cost_per_1k_input: 1 });
    selector = model.selector;
    path = modelPath(model);
  });
  afterAll(() => app.stop());

  /** Loads the table and creates a token, so that its row is cached. */
  beforeEach(async () => {
    ({ api } = await issueToken(app, ['providers:write']));
    await resolve();
    await api.get('/v1/llm-providers');
  });

  const resolve = (body: object = { selector }): Promise<ApiResponse> => api.post('/v1/resolve', body);
  const usage = { input: 1, output: 1 };

  it.each<[string, () => Promise<ApiResponse>, number]>([
    ['resolve', () => resolve(), 200],
    ['resolve with an explanation', () => resolve({ selectors: ['#none', 'auto'], explain: true }), 200],
    ['resolve without a route', () => resolve({ selector: 'nobody^none' }), 404],
    ['selectors', () => api.get('/v1/selectors'), 200],
    ['cost', () => api.post('/v1/cost', { selector, usage }), 200],
  ])('is 0 for %s', async (_name, send, status) => {
    let response: ApiResponse | undefined;
    expect(await countStatements(app, async () => (response = await send()))).toBe(0);
    expect(response?.status).toBe(status);
  });

  it.each([
    ['1', 'a time with a price', '2100-01-01T00:00:00Z', 1],
    ['2', 'a time before the first price', '2000-01-01T00:00:00Z', 2],
  ])('is %s for a cost at %s', async (_number, _time, at, statements) => {
    const context = { at };
    let response: ApiResponse | undefined;
    const send = async () => (response = await api.post('/v1/cost', { selector, usage, context }));
    expect(await countStatements(app, send)).toBe(statements);
    expect(response?.status).toBe(200);
  });

  it('is 0 for a revision that was reached', async () => {
    const { body } = await resolve();
    const headers = { 'x-registry-revision': String(body.revision) };
    expect(await countStatements(app, () => api.post('/v1/resolve', {}, { headers }))).toBe(0);
  });

  it('is one transaction for concurrent resolves after a write', async () => {
    await api.patch(path, { tags: [uniqueName('tag')] });
    const resolveMany = () => Promise.all(Array.from({ length: 20 }, () => resolve()));
    expect(await countStatements(app, resolveMany)).toBe(1);
  });

  it('is 1 for an unchanged list, also with 304', async () => {
    const known = await api.get('/v1/llm-providers');
    const headers = { 'if-none-match': known.headers.get('etag')! };
    let response: ApiResponse | undefined;
    expect(await countStatements(app, async () => (response = await api.get('/v1/llm-providers')))).toBe(1);
    expect(response?.text).toBe(known.text);
    const again = async () => (response = await api.get('/v1/llm-providers', { headers }));
    expect(await countStatements(app, again)).toBe(1);
    expect(response?.status).toBe(304);
  });

  it('includes one read of the rows for concurrent lists after a write', async () => {
    await api.patch(path, { tags: [uniqueName('tag')] });
    const list = () => Promise.all(Array.from({ length: 20 }, () => api.get('/v1/llm-providers')));
    expect(await countStatements(app, list)).toBeLessThanOrEqual(20 + 2);
  });
});

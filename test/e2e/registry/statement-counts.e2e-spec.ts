import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse } from '../../support/clients/http-client';
import { countStatements } from '../../support/database/statement-count';
import { createModel, createProvider, modelPath, uniqueName } from '../../support/registry/factories';

/** So rarely that no poll is counted. */
const env = { REGISTRY_POLL_MS: '60000' };

describe('the statements that a read of the registry costs', () => {
  let app: TestApp;
  let api: ApiClient;
  let selector: string;
  let path: string;

  beforeAll(async () => {
    app = await startTestApp({ env });
    const provider = await createProvider(app.api);
    const model = await createModel(app.api, provider.id, { tags: ['fast'] });
    selector = model.selector;
    path = modelPath(model);
  });
  afterAll(() => app.stop());

  /** The table is loaded, and the token new, so that its row is fresh. */
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
    ['resolve that finds nothing', () => resolve({ selector: 'nobody^none' }), 404],
    ['selectors', () => api.get('/v1/selectors'), 200],
    ['cost', () => api.post('/v1/cost', { selector, usage }), 200],
  ])('none for %s', async (_name, ask, status) => {
    let answer: ApiResponse | undefined;
    expect(await countStatements(app, async () => (answer = await ask()))).toBe(0);
    expect(answer?.status).toBe(status);
  });

  it('none for a revision that was reached', async () => {
    const { body } = await resolve();
    const headers = { 'x-registry-revision': String(body.revision) };
    expect(await countStatements(app, () => api.post('/v1/resolve', {}, { headers }))).toBe(0);
  });

  it('one transaction for all that ask at once after a write', async () => {
    await api.patch(path, { tags: [uniqueName('tag')] });
    const ask = () => Promise.all(Array.from({ length: 20 }, () => resolve()));
    expect(await countStatements(app, ask)).toBe(1);
  });

  it('one for a list that has not changed, with 304 as well', async () => {
    const known = await api.get('/v1/llm-providers');
    const headers = { 'if-none-match': known.headers.get('etag')! };
    let answer: ApiResponse | undefined;
    expect(await countStatements(app, async () => (answer = await api.get('/v1/llm-providers')))).toBe(1);
    expect(answer?.text).toBe(known.text);
    const again = async () => (answer = await api.get('/v1/llm-providers', { headers }));
    expect(await countStatements(app, again)).toBe(1);
    expect(answer?.status).toBe(304);
  });

  it('one reading of the rows for all that list at once after a write', async () => {
    await api.patch(path, { tags: [uniqueName('tag')] });
    const list = () => Promise.all(Array.from({ length: 20 }, () => api.get('/v1/llm-providers')));
    expect(await countStatements(app, list)).toBeLessThanOrEqual(20 + 2);
  });
});

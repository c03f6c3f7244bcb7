import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, ApiResponse, RequestOptions } from '../../support/clients/api-client';
import { countStatements, WITHOUT_POLLS } from '../../support/database/statement-count';
import {
  createModel,
  createProvider,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';

const HEADER = 'x-registry-revision';
const MAX_AHEAD = 10_000;
const REQUESTS = 20;

describe('an X-Registry-Revision beyond the database', () => {
  let app: TestApp;
  let paths: { readonly provider: string; readonly model: string };

  beforeAll(async () => {
    app = await startTestApp({ env: WITHOUT_POLLS });
    const provider = await createProvider(app.api);
    const model = await createModel(app.api, provider.id);
    paths = { provider: providerPath(provider), model: modelPath(model) };
  });
  afterAll(() => app.stop());

  async function current(): Promise<number> {
    return Number((await app.api.get('/v1/selectors')).headers.get(HEADER));
  }

  const reads: Record<string, (api: ApiClient, options: RequestOptions) => Promise<ApiResponse>> = {
    'the list of providers': (api, options) => api.get('/v1/llm-providers', options),
    'a page of providers': (api, options) => api.get('/v1/llm-providers?limit=1', options),
    'a provider': (api, options) => api.get(paths.provider, options),
    'the list of models': (api, options) => api.get(`${paths.provider}/models`, options),
    'a model': (api, options) => api.get(paths.model, options),
    'the list of selectors': (api, options) => api.get('/v1/selectors', options),
    'a page of selectors': (api, options) => api.get('/v1/selectors?limit=1', options),
    'a resolution': (api, options) => api.post('/v1/resolve', {}, options),
    'a cost': (api, options) =>
      api.post('/v1/cost', { selector: 'auto', usage: { input: 1, output: 1 } }, options),
  };

  describe.each(Object.entries(reads))('of %s', (_name, read) => {
    const withRevision = (revision: number) => read(app.api, { headers: { [HEADER]: String(revision) } });

    it('returns 503 up to 10,000 revisions beyond, because a replica may lag behind', async () => {
      const response = await withRevision((await current()) + MAX_AHEAD);
      expect(problem(response)).toEqual({ status: 503, code: 'registry.revision_not_reached' });
    });

    it('returns 400 farther beyond, and reads the database at most once per second', async () => {
      const start = performance.now();
      const count = await countStatements(app, async () => {
        for (let request = 0; request < REQUESTS; request++) {
          const far = request % 2 ? 999_999_999_999_999 : (await current()) + MAX_AHEAD + 1;
          expect(problem(await withRevision(far))).toEqual({
            status: 400,
            code: 'request.registry_revision',
          });
        }
      });
      // Each second, one read and one poll. `current` reads a table in memory.
      const seconds = Math.ceil((performance.now() - start) / 1000);
      expect(count).toBeLessThanOrEqual(2 * seconds + 1);
    });
  });
});

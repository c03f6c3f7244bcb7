import type { ResponseBudget } from '../../../src/http/response/response-budget';
import { ShownProvidersService } from '../../../src/providers/shown-providers.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken, type IssuedToken } from '../../support/clients/accounts';
import { eventually } from '../../support/eventually';
import { createModel, createProvider } from '../../support/registry/factories';
import { copyModel } from '../../support/registry/seed-rows';

const PATH = '/v1/llm-providers?limit=200';
const REQUESTS = 30;
/** One that is running, one that the others share, and those of requests whose trial ends between the two. */
const MAX_SHARED_BUILDS = 6;

describe('concurrent reads of a large registry', () => {
  let app: TestApp;
  let reader: IssuedToken;
  let builds: number;
  let revision: number;

  beforeAll(async () => {
    app = await startTestApp();
    reader = await issueToken(app, ['providers:read']);
    const provider = await createProvider(app.api);
    const first = await createModel(app.api, provider.id as string);
    await copyModel(app.database, first.id as string, 999, (index) => `copy-${index}`);
    revision = Number((await app.api.get('/v1/llm-providers?limit=1')).headers.get('x-registry-revision'));
    const shown = app.app.get(ShownProvidersService);
    const toJson = shown.toJson.bind(shown);
    jest.spyOn(shown, 'toJson').mockImplementation((provider, models, budget: ResponseBudget) => {
      // The registry has one provider.
      if (!budget.isTrial) builds += 1;
      return toJson(provider, models, budget);
    });
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    builds = 0;
  });

  it('share a build, whatever revision they name', async () => {
    const reads = Array.from({ length: REQUESTS }, (_, index) =>
      reader.api.get(PATH, { headers: { 'x-registry-revision': String(index % (revision + 1)) } }),
    );
    const responses = await Promise.all(reads);
    expect(new Set(responses.map(({ text }) => text)).size).toBe(1);
    expect(responses.map(({ status }) => status)).toEqual(Array(REQUESTS).fill(200));
    expect(builds).toBeLessThanOrEqual(MAX_SHARED_BUILDS);
  });

  it('of clients that have left are not built', async () => {
    const first = app.api.get(PATH);
    const left = new AbortController();
    const reads = Array.from({ length: REQUESTS }, (_, index) =>
      fetch(`${app.api.baseUrl}/v1/llm-providers?limit=${index + 1}`, {
        headers: { authorization: `Bearer ${reader.token}` },
        signal: left.signal,
      }),
    );
    await eventually('a build begins', () => builds > 0);
    left.abort();
    await Promise.allSettled(reads);
    await first;
    expect((await app.api.get(PATH)).status).toBe(200);
    expect(builds).toBeLessThan(REQUESTS / 3);
  });
});

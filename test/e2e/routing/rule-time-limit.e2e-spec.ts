import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiResponse } from '../../support/clients/api-client';
import { eventually } from '../../support/eventually';
import { expectCpuTimeBelow } from '../../support/pace';
import { createModel, createOtherAccount, createProvider, problem } from '../../support/registry/factories';
import { resolve } from '../../support/registry/routing';

const MODELS = 150;

/** So few that the cache holds their patterns. */
const FEW = 30;

/** Concurrent slow requests. A few times as many use up the time of an account. */
const CONCURRENT = 10;

/** Among the slowest patterns that are allowed. */
const slowRule = (index: number) => ({ text: { $regex: slowPattern(index) } });
const slowPattern = (index: number) => `a.{0,475}$q${index}`;

/** Price sheets whose patterns exceed the cache of an account together, so each cost compiles them again. */
const SHEETS = 6;
const slowSheet = (sheet: number) => ({
  adjustments: Array.from({ length: 32 }, (_, index) => ({
    when: { service_tier: { $regex: slowPattern(32 * sheet + index) } },
    multiplier: '2',
  })),
});

describe('POST /v1/resolve with slow rules', () => {
  let app: TestApp;
  let exact: string;
  const priced: string[] = [];

  beforeAll(async () => {
    app = await startTestApp();
    const { id } = await createProvider(app.api);
    for (let index = 0; index < MODELS; index++) {
      const tags = index < FEW ? ['costly', 'few'] : ['costly'];
      exact = (await createModel(app.api, id, { tags, when: slowRule(index) })).selector;
    }
    for (let index = 0; index < SHEETS; index++) {
      priced.push((await createModel(app.api, id, { pricing: slowSheet(index) })).id);
    }
  });
  afterAll(() => app.stop());

  /** Slow requests may have used the time of the account. */
  const awaitTime = () =>
    eventually('the account has time', async () => {
      const { status } = await resolve(app.api, { selector: exact });
      return status === 200;
    });

  beforeEach(awaitTime);

  const context = { text: 'ab'.repeat(1023) };
  const priceNext = (): Promise<ApiResponse> => {
    priced.push(priced.shift()!);
    return app.api.post('/v1/cost', { model_id: priced[0], usage: { input: 1, service_tier: 'abc' } });
  };

  it.each([
    ['a selector', { selector: '#costly' }],
    ['the same selector many times', { selectors: Array<string>(32).fill('#costly') }],
    ['an explanation', { selector: '#costly', explain: true }],
  ])('returns 422 for %s without blocking other requests', async (_case, body) => {
    const resolveBesideOthers = async () => {
      const [response, other] = await Promise.all([
        resolve(app.api, { ...body, context }),
        app.api.get('/healthz'),
      ]);
      expect(problem(response)).toEqual({ status: 422, code: 'routing.too_costly' });
      expect(other.status).toBe(200);
    };
    await expectCpuTimeBelow(50, resolveBesideOthers, awaitTime);
  });

  it('resolves a named model, and a context that is fast to test', async () => {
    expect((await resolve(app.api, { selector: exact, context })).status).toBe(200);
    const short = { selector: '#few', context: { text: 'short' } };
    // The limits are of time, which a busy machine may take from a fast test.
    const found = await eventually('the test is fast', async () => {
      const response = problem(await resolve(app.api, short));
      return response.code === 'routing.no_route' && response;
    });
    expect(found.status).toBe(404);
  });

  it.each<[string, () => Promise<ApiResponse>]>([
    ['resolving', () => resolve(app.api, { selector: '#costly', context })],
    ['checking a rule', () => app.api.post('/v1/resolve/check', { when: slowRule(0), context })],
    [
      'pricing',
      () => app.api.post('/v1/cost', { selector: '#costly', context, usage: { input: 1, output: 1 } }),
    ],
    ['pricing by slow adjustments', () => priceNext()],
  ])('returns 429 for further slow requests of the account: %s', async (_case, send) => {
    const other = await createOtherAccount(app);
    const denied = await eventually('a request is denied', async () => {
      const responses = await Promise.all(Array.from({ length: CONCURRENT }, send));
      return responses.find(({ status }) => status === 429);
    });
    expect(denied.body.code).toBe('routing.too_many_costly_requests');
    expect(Number(denied.headers.get('retry-after'))).toBeGreaterThan(0);
    const unaffected = await other.post('/v1/resolve/check', { when: { a: 1 }, context: { a: 1 } });
    expect(unaffected.status).toBe(200);
  });
});

import { startTestApp, type TestApp } from '../../support/app/app';
import { eventually } from '../../support/eventually';
import { cpuYardsticks } from '../../support/pace';
import { createModel, createProvider, problem } from '../../support/registry/factories';
import { resolve } from '../../support/registry/routing';

const MODELS = 150;

/** So few that the cache holds their patterns. */
const FEW = 30;

describe('POST /v1/resolve with slow rules', () => {
  let app: TestApp;
  let exact: string;

  beforeAll(async () => {
    app = await startTestApp();
    const { id } = await createProvider(app.api);
    for (let index = 0; index < MODELS; index++) {
      const tags = index < FEW ? ['costly', 'few'] : ['costly'];
      // Among the slowest patterns that are allowed.
      const when = { text: { $regex: `a.{0,475}$q${index}` } };
      exact = (await createModel(app.api, id, { tags, when })).selector;
    }
  });
  afterAll(() => app.stop());

  const context = { text: 'ab'.repeat(1023) };

  it.each([
    ['a selector', { selector: '#costly' }],
    ['the same selector many times', { selectors: Array<string>(32).fill('#costly') }],
    ['an explanation', { selector: '#costly', explain: true }],
  ])('returns 422 for %s without blocking other requests', async (_case, body) => {
    const cost = await cpuYardsticks(async () => {
      const [response, other] = await Promise.all([
        resolve(app.api, { ...body, context }),
        app.api.get('/healthz'),
      ]);
      expect(problem(response)).toEqual({ status: 422, code: 'routing.too_costly' });
      expect(other.status).toBe(200);
    });
    expect(cost).toBeLessThan(50);
  });

  it('resolves a named model, and a context that is fast to test', async () => {
    expect((await resolve(app.api, { selector: exact, context })).status).toBe(200);
    const short = { selector: '#few', context: { text: 'short' } };
    // The limit is one of time, which a busy machine may take from a fast test.
    const found = await eventually('the test is fast', async () => {
      const response = problem(await resolve(app.api, short));
      return response.code !== 'routing.too_costly' && response;
    });
    expect(found).toEqual({ status: 404, code: 'routing.no_route' });
  });
});

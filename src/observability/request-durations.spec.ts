import fc from 'fast-check';
import { Histogram, type Metric, Registry } from 'prom-client';
import { RequestDurations } from './request-durations';

/** The bounds of the histogram, and one on either side. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const observations = fc.array(
  fc.record({
    method: fc.constantFrom('GET', 'POST'),
    route: fc.constantFrom('/v1/a', '/v1/a/:id'),
    status: fc.constantFrom(200, 404, 500),
    seconds: fc.oneof(fc.constantFrom(0, 31, ...BOUNDS), fc.double({ min: 0, max: 40, noNaN: true })),
  }),
);

function ours(): { registry: Registry; durations: RequestDurations } {
  const registry = new Registry();
  const durations = new RequestDurations();
  registry.registerMetric(durations as unknown as Metric);
  return { registry, durations };
}

describe('RequestDurations', () => {
  it("writes what prom-client's own histogram writes", () =>
    fc.assert(
      fc.asyncProperty(observations, async (list) => {
        const { registry, durations } = ours();
        const theirs = new Registry();
        const histogram = new Histogram({
          name: durations.name,
          help: durations.help,
          labelNames: ['method', 'route', 'status'],
          buckets: BOUNDS,
          registers: [theirs],
        });
        const observers = new Map(
          ['/v1/a', '/v1/a/:id'].map((route) => [route, durations.observerOf(route)] as const),
        );
        for (const { method, route, status, seconds } of list) {
          observers.get(route)!(method, status, seconds);
          histogram.observe({ method, route, status }, seconds);
        }
        expect(await registry.metrics()).toBe(await theirs.metrics());
      }),
    ));

  it('keeps one series for each route, method and status', async () => {
    const { registry, durations } = ours();
    const observe = durations.observerOf('/healthz');
    for (let turn = 0; turn < 5; turn++) observe('GET', 200, 0.002);
    const text = await registry.metrics();
    expect(text).toContain(`${durations.name}_count{method="GET",route="/healthz",status="200"} 5`);
    expect(text.match(/_count\{/g)).toHaveLength(1);
  });
});

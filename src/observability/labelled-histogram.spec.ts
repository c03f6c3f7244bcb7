import fc from 'fast-check';
import { Histogram, type Metric, Registry } from 'prom-client';
import { LabelledHistogram } from './labelled-histogram';

const BUCKETS = [0.001, 0.01, 0.5, 1, 30];
const options = { name: 'test_seconds', help: 'A test.', buckets: BUCKETS };
const SERIES = [
  { method: 'GET', status: 200 },
  { method: 'GET', status: 404 },
  { method: 'POST', status: 200 },
] as const;

const observations = fc.array(
  fc.record({
    series: fc.nat({ max: SERIES.length - 1 }),
    value: fc.oneof(fc.constantFrom(0, 31, ...BUCKETS), fc.double({ min: 0, max: 40, noNaN: true })),
  }),
);

describe('LabelledHistogram', () => {
  it("writes the same text as prom-client's own histogram", () =>
    fc.assert(
      fc.asyncProperty(observations, async (list) => {
        const [ours, theirs] = [new Registry(), new Registry()];
        const histogram = new LabelledHistogram(options);
        ours.registerMetric(histogram as unknown as Metric);
        const reference = new Histogram({
          ...options,
          labelNames: ['method', 'status'],
          registers: [theirs],
        });
        const observers = new Map<number, (value: number) => void>();
        for (const { series, value } of list) {
          const labels = SERIES[series]!;
          if (!observers.has(series)) observers.set(series, histogram.addSeries(labels));
          observers.get(series)!(value);
          reference.observe(labels, value);
        }
        expect(await ours.metrics()).toBe(await theirs.metrics());
      }),
    ));
});

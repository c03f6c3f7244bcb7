import type { MetricObject } from 'prom-client';

/** Upper bounds, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Series {
  readonly labels: Readonly<Record<'method' | 'route' | 'status', string>>;
  /** Observations by bucket, not added up; the last is beyond all bounds. */
  readonly counts: number[];
  sum: number;
}

/** A value of a metric as prom-client's registry writes it. */
interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A histogram of how long requests take, for prom-client's registry. Its own looks the labels up by their text for each
 * observation, at a twentieth of what a small request costs; here a route has its series at hand.
 */
export class RequestDurations {
  readonly name = 'caret_http_request_duration_seconds';
  readonly help = 'Time from a request to the end of its answer.';
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  private readonly series: Series[] = [];

  /** Observes requests to one route: their method, status and seconds. */
  observerOf(route: string): (method: string, status: number, seconds: number) => void {
    const byStatus = new Map<number, Map<string, Series>>();
    return (method, status, seconds) => {
      let byMethod = byStatus.get(status);
      if (byMethod === undefined) byStatus.set(status, (byMethod = new Map<string, Series>()));
      let series = byMethod.get(method);
      if (series === undefined) byMethod.set(method, (series = this.begin(method, route, status)));
      series.sum += seconds;
      series.counts[bucketOf(seconds)]! += 1;
    };
  }

  /** prom-client's interface of a metric. */
  get(): Promise<MetricObject & { values: Sample[] }> {
    const { name, help, type, aggregator } = this;
    const values = this.series.flatMap((series) => this.samples(series));
    return Promise.resolve({ name, help, type, aggregator, values } as never);
  }

  private begin(method: string, route: string, status: number): Series {
    const counts = Array.from({ length: BUCKETS.length + 1 }, () => 0);
    const series = { labels: { method, route, status: String(status) }, counts, sum: 0 };
    this.series.push(series);
    return series;
  }

  private samples({ labels, counts, sum }: Series): Sample[] {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      const le = BUCKETS[index] ?? '+Inf';
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: total },
    ];
  }
}

function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < BUCKETS.length && seconds > BUCKETS[bucket]!) bucket += 1;
  return bucket;
}

import type { MetricObject } from 'prom-client';

export interface HistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

type Labels = Readonly<Record<string, string | number>>;

interface Series {
  readonly labels: Labels;
  /** Observations per bucket, not cumulative. The last entry counts values above every bound. */
  readonly counts: number[];
  sum: number;
}

/** One value of a metric, in the form that prom-client's registry writes. */
interface Sample {
  readonly metricName: string;
  readonly labels: Labels;
  readonly value: number;
}

/**
 * A histogram for prom-client's registry. Each caller keeps the function that observes its series. prom-client's own
 * histogram looks up the series by its labels at every observation. Measured: see ADR 13.
 */
export class LabelledHistogram {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  private readonly buckets: readonly number[];
  private readonly series: Series[] = [];

  constructor({ name, help, buckets }: HistogramOptions) {
    this.name = name;
    this.help = help;
    this.buckets = buckets;
  }

  /** Adds a series and returns its `observe`. Call it once for each set of labels. */
  addSeries(labels: Labels): (value: number) => void {
    const series: Series = { labels, counts: Array<number>(this.buckets.length + 1).fill(0), sum: 0 };
    this.series.push(series);
    return (value) => {
      series.sum += value;
      series.counts[this.bucketOf(value)]! += 1;
    };
  }

  /** Part of prom-client's interface of a metric. */
  get(): Promise<MetricObject & { values: Sample[] }> {
    const { name, help, type, aggregator } = this;
    const values = this.series.flatMap((series) => this.samples(series));
    return Promise.resolve({ name, help, type, aggregator, values } as never);
  }

  private samples({ labels, counts, sum }: Series): Sample[] {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      const le = this.buckets[index] ?? '+Inf';
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: total },
    ];
  }

  private bucketOf(value: number): number {
    let bucket = 0;
    while (bucket < this.buckets.length && value > this.buckets[bucket]!) bucket += 1;
    return bucket;
  }
}

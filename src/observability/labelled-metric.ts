import type { MetricObject } from 'prom-client';

export type Labels = Readonly<Record<string, string | number>>;

/** One value of a metric, in the form that prom-client's registry writes. */
export interface Sample {
  /** Default: the name of the metric. */
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A metric that prom-client's registry writes, but that prom-client does not count. */
export abstract class LabelledMetric {
  abstract readonly type: 'counter' | 'histogram';
  readonly aggregator = 'sum';

  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  /** Part of prom-client's interface of a metric. */
  get(): Promise<MetricObject & { values: Sample[] }> {
    const { name, help, type, aggregator } = this;
    return Promise.resolve({ name, help, type, aggregator, values: this.listSamples() } as never);
  }

  protected abstract listSamples(): Sample[];
}

import type { MetricObject } from 'prom-client';

/** More values of the label than this count as `other`. */
const MAX_VALUES = 100;

interface CounterOptions {
  readonly name: string;
  readonly help: string;
  readonly label: string;
}

/** A counter with one label for prom-client's registry, whose own counter builds a key for each increment. */
export class LabelledCounter {
  readonly type = 'counter';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  private readonly label: string;
  private readonly counts = new Map<string, number>();

  constructor({ name, help, label }: CounterOptions) {
    this.name = name;
    this.help = help;
    this.label = label;
  }

  /** Counts one occurrence of a value of the label. */
  increment(value: string): void {
    const isKnown = this.counts.has(value) || this.counts.size < MAX_VALUES;
    const counted = isKnown ? value : 'other';
    this.counts.set(counted, (this.counts.get(counted) ?? 0) + 1);
  }

  /** Part of prom-client's interface of a metric. */
  get(): Promise<MetricObject> {
    const { name, help, type, aggregator, label } = this;
    const values = [...this.counts].map(([value, count]) => ({ labels: { [label]: value }, value: count }));
    return Promise.resolve({ name, help, type, aggregator, values } as never);
  }
}

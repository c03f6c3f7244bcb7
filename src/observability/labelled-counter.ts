import { LabelledMetric, type Sample } from './labelled-metric';

/** More values of the label than this count as `other`. */
const MAX_VALUES = 100;

interface CounterOptions {
  readonly name: string;
  readonly help: string;
  readonly label: string;
}

/** A counter with one label. prom-client's own counter builds a key for each increment. */
export class LabelledCounter extends LabelledMetric {
  readonly type = 'counter';
  private readonly label: string;
  private readonly counts = new Map<string, number>();

  constructor({ name, help, label }: CounterOptions) {
    super(name, help);
    this.label = label;
  }

  /** Counts one occurrence of a value of the label. */
  increment(value: string): void {
    const isKnown = this.counts.has(value) || this.counts.size < MAX_VALUES;
    const counted = isKnown ? value : 'other';
    this.counts.set(counted, (this.counts.get(counted) ?? 0) + 1);
  }

  protected listSamples(): Sample[] {
    return [...this.counts].map(([value, count]) => ({ labels: { [this.label]: value }, value: count }));
  }
}

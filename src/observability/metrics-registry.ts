import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, type Metric, Registry } from 'prom-client';
import { VERSION } from '../common/version';
import type { LabelledMetric } from './labelled-metric';

/**
 * The Prometheus metrics of this process. Each module adds its own, in `<module>.metrics.ts`. Every label has a small,
 * closed set of values: a route pattern, a method, a status.
 */
@Injectable()
export class MetricsRegistry implements OnApplicationShutdown {
  private readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    const buildInfo = new Gauge({
      name: 'caret_build_info',
      help: 'Always 1. The label names the running version of Caret.',
      labelNames: ['version'],
      registers: [this.registry],
    });
    buildInfo.set({ version: VERSION }, 1);
  }

  /** Adds a gauge whose value `read` returns at each scrape. */
  addGauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read());
      },
    });
  }

  /** Adds a gauge with one label. `read` returns the value of each series at each scrape. */
  addLabelledGauge<Label extends string>(
    name: string,
    help: string,
    label: Label,
    read: () => Promise<ReadonlyMap<string, number>>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      async collect() {
        for (const [value, number] of await read())
          this.set({ [label]: value } as Record<Label, string>, number);
      },
    });
  }

  /** Adds a counter that its owner counts. `read` returns the total at each scrape. */
  addReadCounter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  addCounter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** Adds a metric that its owner counts or observes. */
  addLabelledMetric(metric: LabelledMetric): void {
    this.registry.registerMetric(metric as unknown as Metric);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics, in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }
}

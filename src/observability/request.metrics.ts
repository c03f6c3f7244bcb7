import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { ObserveRequest } from './access-log';
import { LabelledHistogram } from './labelled-histogram';
import { MetricsRegistry } from './metrics-registry';

/** Upper bounds, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

/** Counts and times HTTP requests by method, route pattern and status. */
@Injectable()
export class RequestMetrics {
  private readonly durations = new LabelledHistogram({
    name: 'caret_http_request_duration_seconds',
    help: 'Time from a request to the end of its response.',
    buckets: BUCKETS,
  });
  private readonly failures: Counter<'route' | 'status'>;

  constructor(registry: MetricsRegistry) {
    registry.addLabelledMetric(this.durations);
    this.failures = registry.addCounter(
      'caret_http_server_errors_total',
      'Responses with status 500 or above.',
      ['route', 'status'],
    );
  }

  /** Returns the observer of one route, which adds a series for each new method and status. */
  observerOf(route: string): ObserveRequest {
    const byStatus = new Map<number, Map<string, (seconds: number) => void>>();
    return (method, status, seconds) => {
      let byMethod = byStatus.get(status);
      if (byMethod === undefined) byStatus.set(status, (byMethod = new Map<string, () => void>()));
      let observe = byMethod.get(method);
      if (observe === undefined) {
        observe = this.durations.addSeries({ method, route, status });
        byMethod.set(method, observe);
      }
      observe(seconds);
      if (status >= 500) this.failures.inc({ route, status });
    };
  }
}

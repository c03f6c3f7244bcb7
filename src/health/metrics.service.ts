import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, type Metric, Registry } from 'prom-client';
import { DatabaseService } from '../database/database.service';
import type { ObserveRequest } from '../observability/access-log';
import { RequestDurations } from '../observability/request-durations';
import { RoutingTableStore } from '../routing/routing-table-store';

/** Prometheus metrics of this process. Labels are of small closed sets: a route's pattern, a method, a status. */
@Injectable()
export class MetricsService implements OnApplicationShutdown {
  private readonly registry = new Registry();
  private readonly durations = new RequestDurations();
  private readonly failures = new Counter({
    name: 'caret_http_server_errors_total',
    help: 'Answers with a status of 500 or more.',
    labelNames: ['route', 'status'] as const,
    registers: [this.registry],
  });

  constructor(database: DatabaseService, tables: RoutingTableStore) {
    collectDefaultMetrics({ register: this.registry });
    this.registry.registerMetric(this.durations as unknown as Metric);
    new Gauge({
      name: 'caret_database_ready',
      help: '1 once the database is connected and migrated.',
      registers: [this.registry],
      collect() {
        this.set(database.isReady ? 1 : 0);
      },
    });
    new Gauge({
      name: 'caret_routing_tables',
      help: 'Accounts whose routing table is in memory.',
      registers: [this.registry],
      collect() {
        this.set(tables.size);
      },
    });
    new Gauge({
      name: 'caret_routing_stale',
      help: '1 while routing answers from what it knew before the database went away.',
      registers: [this.registry],
      collect() {
        this.set(tables.staleSince === null ? 0 : 1);
      },
    });
  }

  /** Counts the requests to one route. */
  observerOf(route: string): ObserveRequest {
    const observeDuration = this.durations.observerOf(route);
    return (method, status, seconds) => {
      observeDuration(method, status, seconds);
      if (status >= 500) this.failures.inc({ route, status });
    };
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }
}

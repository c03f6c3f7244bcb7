import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { DatabaseService } from '../database/database.service';
import { RoutingTables } from '../routing/routing-tables';

/** Prometheus metrics of this process. Labels are of small closed sets: a route's pattern, a method, a status. */
@Injectable()
export class MetricsService implements OnApplicationShutdown {
  private readonly registry = new Registry();
  private readonly duration = new Histogram({
    name: 'caret_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });
  private readonly failures = new Counter({
    name: 'caret_http_server_errors_total',
    help: 'Answers with a status of 500 or more.',
    labelNames: ['route', 'status'] as const,
    registers: [this.registry],
  });

  constructor(database: DatabaseService, tables: RoutingTables) {
    collectDefaultMetrics({ register: this.registry });
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

  observe(method: string, route: string, status: number, seconds: number): void {
    this.duration.observe({ method, route, status }, seconds);
    if (status >= 500) this.failures.inc({ route, status });
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

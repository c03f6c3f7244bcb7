import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MetricsRegistry } from '../observability/metrics-registry';
import { RoutingTableStore } from './routing-table-store';

@Injectable()
export class RoutingMetrics implements OnModuleInit {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly tables: RoutingTableStore,
  ) {}

  onModuleInit(): void {
    this.registry.addGauge(
      'caret_routing_tables',
      'Accounts whose routing table is in memory.',
      () => this.tables.size,
    );
    this.registry.addGauge(
      'caret_routing_bytes',
      'The estimated memory of all routing tables.',
      () => this.tables.bytes,
    );
    this.registry.addGauge(
      'caret_routing_oversized',
      'Accounts whose routing table does not fit in ROUTING_MEMORY_MB.',
      () => this.tables.oversizedAccounts,
    );
    this.registry.addGauge(
      'caret_routing_stale',
      '1 while routing uses the last registry it read, because the database is unavailable.',
      () => (this.tables.staleSince === null ? 0 : 1),
    );
  }
}

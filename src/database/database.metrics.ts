import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MetricsRegistry } from '../observability/metrics-registry';
import { DatabaseService } from './database.service';

@Injectable()
export class DatabaseMetrics implements OnModuleInit {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly database: DatabaseService,
  ) {}

  onModuleInit(): void {
    this.registry.addGauge('caret_database_ready', '1 when the database is connected and migrated.', () =>
      this.database.isReady ? 1 : 0,
    );
  }
}

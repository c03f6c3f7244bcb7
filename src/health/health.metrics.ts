import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MetricsRegistry } from '../observability/metrics-registry';
import { ReadinessService } from './readiness.service';

@Injectable()
export class HealthMetrics implements OnModuleInit {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly readiness: ReadinessService,
  ) {}

  onModuleInit(): void {
    this.registry.addGauge(
      'caret_database_ready',
      '1 while the database is connected and migrated, and a table can be read.',
      async () => ((await this.readiness.check()).checks.database === 'ok' ? 1 : 0),
    );
  }
}

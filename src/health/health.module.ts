import { Module } from '@nestjs/common';
import { OpenConnections } from '../http/server/open-connections';
import { ObservabilityModule } from '../observability/observability.module';
import { RoutingModule } from '../routing/routing.module';
import { UsageModule } from '../usage/usage.module';
import { ConnectionDrain } from './connection-drain';
import { HealthController } from './health.controller';
import { HealthMetrics } from './health.metrics';
import { MetricsController } from './metrics.controller';
import { ReadinessService } from './readiness.service';

@Module({
  imports: [ObservabilityModule, RoutingModule, UsageModule],
  controllers: [HealthController, MetricsController],
  providers: [ConnectionDrain, HealthMetrics, OpenConnections, ReadinessService],
})
export class HealthModule {}

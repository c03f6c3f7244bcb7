import { Module } from '@nestjs/common';
import { RoutingModule } from '../routing/routing.module';
import { DrainService } from './drain.service';
import { HealthController } from './health.controller';
import { MetricsController } from './metrics.controller';
import { MetricsService } from './metrics.service';
import { ReadinessService } from './readiness.service';

@Module({
  imports: [RoutingModule],
  controllers: [HealthController, MetricsController],
  providers: [DrainService, MetricsService, ReadinessService],
  exports: [DrainService, MetricsService],
})
export class HealthModule {}

import { Module } from '@nestjs/common';
import { ConnectionDrain } from './connection-drain';
import { DrainService } from './drain.service';
import { HealthController } from './health.controller';
import { MetricsController } from './metrics.controller';
import { MetricsService } from './metrics.service';
import { ReadinessService } from './readiness.service';

@Module({
  controllers: [HealthController, MetricsController],
  providers: [ConnectionDrain, DrainService, MetricsService, ReadinessService],
  exports: [DrainService, MetricsService],
})
export class HealthModule {}

import { Module } from '@nestjs/common';
import { ObservabilityModule } from '../../observability/observability.module';
import { RoutingModule } from '../../routing/routing.module';
import { Affinity } from './affinity';
import { LearnedRepairs } from './learned-repairs';
import { ProviderHealthController } from './provider-health.controller';
import { ProviderHealthService } from './provider-health.service';
import { TargetHealth } from './target-health';
import { TargetHealthMetrics } from './target-health.metrics';

@Module({
  imports: [ObservabilityModule, RoutingModule],
  controllers: [ProviderHealthController],
  providers: [Affinity, LearnedRepairs, ProviderHealthService, TargetHealth, TargetHealthMetrics],
  exports: [Affinity, LearnedRepairs, TargetHealth],
})
export class GatewayHealthModule {}

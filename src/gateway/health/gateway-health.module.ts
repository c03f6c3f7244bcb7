import { Module } from '@nestjs/common';
import { RoutingModule } from '../../routing/routing.module';
import { Affinity } from './affinity';
import { LearnedRepairs } from './learned-repairs';
import { ProviderHealthController } from './provider-health.controller';
import { ProviderHealthService } from './provider-health.service';
import { TargetHealth } from './target-health';

@Module({
  imports: [RoutingModule],
  controllers: [ProviderHealthController],
  providers: [Affinity, LearnedRepairs, ProviderHealthService, TargetHealth],
  exports: [Affinity, LearnedRepairs, TargetHealth],
})
export class GatewayHealthModule {}

import { Module } from '@nestjs/common';
import { DiscoveryModule } from '../discovery/discovery.module';
import { ModelsModule } from '../models/models.module';
import { ObservabilityModule } from '../observability/observability.module';
import { ProvidersModule } from '../providers/providers.module';
import { RegistryReader } from './registry-reader';
import { ResolveController } from './resolve.controller';
import { ResolveService } from './resolve.service';
import { RouteJsonCache } from './route-json-cache';
import { RoutingTableStore } from './routing-table-store';
import { RoutingMetrics } from './routing.metrics';
import { SelectorsController } from './selectors.controller';
import { SelectorsService } from './selectors.service';

@Module({
  imports: [DiscoveryModule, ModelsModule, ObservabilityModule, ProvidersModule],
  controllers: [ResolveController, SelectorsController],
  providers: [
    RegistryReader,
    ResolveService,
    RouteJsonCache,
    RoutingMetrics,
    RoutingTableStore,
    SelectorsService,
  ],
  exports: [RoutingTableStore],
})
export class RoutingModule {}

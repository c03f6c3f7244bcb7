import { Module } from '@nestjs/common';
import { DiscoveryModule } from '../discovery/discovery.module';
import { ModelsModule } from '../models/models.module';
import { ObservabilityModule } from '../observability/observability.module';
import { ProvidersModule } from '../providers/providers.module';
import { AccountTimeLimit } from './account-time-limit';
import { RegistryReader } from './registry-reader';
import { ResolveController } from './resolve.controller';
import { ResolveService } from './resolve.service';
import { RouteJsonCache } from './route-json-cache';
import { RoutingTableBuilder } from './routing-table-builder';
import { RoutingTableStore } from './routing-table-store';
import { RoutingMetrics } from './routing.metrics';
import { SelectorsController } from './selectors.controller';
import { SelectorsService } from './selectors.service';

@Module({
  imports: [DiscoveryModule, ModelsModule, ObservabilityModule, ProvidersModule],
  controllers: [ResolveController, SelectorsController],
  providers: [
    AccountTimeLimit,
    RegistryReader,
    ResolveService,
    RouteJsonCache,
    RoutingMetrics,
    RoutingTableBuilder,
    RoutingTableStore,
    SelectorsService,
  ],
  exports: [AccountTimeLimit, RoutingTableStore],
})
export class RoutingModule {}

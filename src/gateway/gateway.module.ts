import { Module } from '@nestjs/common';
import { DiscoveryModule } from '../discovery/discovery.module';
import { ObservabilityModule } from '../observability/observability.module';
import { ProvidersModule } from '../providers/providers.module';
import { RoutingModule } from '../routing/routing.module';
import { UpstreamModule } from '../upstream/upstream.module';
import { UsageModule } from '../usage/usage.module';
import { InFlightBytes } from './call/in-flight-bytes';
import { DispatchServices } from './dispatch/dispatch-services';
import { GatewayDispatcher } from './dispatch/gateway-dispatcher';
import { ModelKinds } from './dispatch/model-kinds';
import { OpenCalls } from './dispatch/open-calls';
import { RejectedCalls } from './dispatch/rejected-calls';
import { StoredState } from './dispatch/stored-state';
import { GatewayMetrics } from './gateway.metrics';
import { GatewayHealthModule } from './health/gateway-health.module';
import { GatewayServer } from './http/gateway-server';
import { RequestObserver } from './http/request-observer';
import { ModelList } from './models/model-list';
import { TargetCache } from './target/target-cache';

@Module({
  imports: [
    DiscoveryModule,
    GatewayHealthModule,
    ObservabilityModule,
    ProvidersModule,
    RoutingModule,
    UpstreamModule,
    UsageModule,
  ],
  providers: [
    DispatchServices,
    GatewayDispatcher,
    GatewayMetrics,
    GatewayServer,
    InFlightBytes,
    ModelKinds,
    ModelList,
    OpenCalls,
    RejectedCalls,
    RequestObserver,
    StoredState,
    TargetCache,
  ],
})
export class GatewayModule {}

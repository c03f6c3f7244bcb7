import { Module } from '@nestjs/common';
import { MetricsRegistry } from './metrics-registry';
import { RequestMetrics } from './request.metrics';

@Module({ providers: [MetricsRegistry, RequestMetrics], exports: [MetricsRegistry, RequestMetrics] })
export class ObservabilityModule {}

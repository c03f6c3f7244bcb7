import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MetricsRegistry } from '../../observability/metrics-registry';
import { TargetHealth } from './target-health';

/** Reports the targets that rest. */
@Injectable()
export class TargetHealthMetrics implements OnModuleInit {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly health: TargetHealth,
  ) {}

  onModuleInit(): void {
    const { registry, health } = this;
    registry.addGauge(
      'caret_gateway_cooling',
      'Models and providers that are not called for a time, because of what an upstream said.',
      () => health.counts().cooling,
    );
    registry.addGauge(
      'caret_gateway_breakers_open',
      'Models that are not called, because calls failed repeatedly.',
      () => health.counts().open,
    );
    registry.addGauge(
      'caret_gateway_breakers_half_open',
      'Models that failed repeatedly, and whose next call is a trial.',
      () => health.counts().halfOpen,
    );
  }
}

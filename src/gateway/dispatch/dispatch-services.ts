import { Inject, Injectable } from '@nestjs/common';
import type { AppConfig } from '../../config/config';
import { APP_CONFIG } from '../../config/config.module';
import { UpstreamPools } from '../../upstream/client/upstream-pools';
import { UsageLedger } from '../../usage/usage-ledger';
import { GatewayMetrics } from '../gateway.metrics';
import { Affinity } from '../health/affinity';
import { LearnedRepairs } from '../health/learned-repairs';
import { TargetHealth } from '../health/target-health';
import { OpenCalls } from './open-calls';
import { RejectedCalls } from './rejected-calls';

/** The services of every call in one object, so that a call needs one field. */
@Injectable()
export class DispatchServices {
  constructor(
    @Inject(APP_CONFIG) readonly config: AppConfig,
    readonly pools: UpstreamPools,
    readonly ledger: UsageLedger,
    readonly rejected: RejectedCalls,
    readonly health: TargetHealth,
    readonly learned: LearnedRepairs,
    readonly affinity: Affinity,
    readonly openCalls: OpenCalls,
    readonly metrics: GatewayMetrics,
  ) {}
}

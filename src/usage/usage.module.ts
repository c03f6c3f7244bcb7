import { Module } from '@nestjs/common';
import { ObservabilityModule } from '../observability/observability.module';
import { StoredResponsesRepository } from './stored-responses.repository';
import { UsageLedger } from './usage-ledger';
import { UsageMetrics } from './usage.metrics';

@Module({
  imports: [ObservabilityModule],
  providers: [StoredResponsesRepository, UsageLedger, UsageMetrics],
  exports: [UsageLedger],
})
export class UsageModule {}

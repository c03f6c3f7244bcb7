import { Global, Module } from '@nestjs/common';
import { ObservabilityModule } from '../observability/observability.module';
import { AuditEventsController } from './audit-events.controller';
import { AuditRetentionService } from './audit-retention.service';
import { AuditRepository } from './audit.repository';
import { AuditService } from './audit.service';
import { DenialAuditService } from './denial-audit.service';

@Global()
@Module({
  imports: [ObservabilityModule],
  controllers: [AuditEventsController],
  providers: [AuditRepository, AuditService, AuditRetentionService, DenialAuditService],
  exports: [AuditService],
})
export class AuditModule {}

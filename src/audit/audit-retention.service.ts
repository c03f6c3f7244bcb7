import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { timestampIn } from '../common/timestamp';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { RetentionService } from '../database/retention.service';
import { AuditRepository } from './audit.repository';

const DAY_MS = 24 * 3600 * 1000;

/** Deletes audit events that are older than AUDIT_RETENTION_DAYS. 0 keeps them forever. */
@Injectable()
export class AuditRetentionService implements OnModuleInit {
  constructor(
    private readonly events: AuditRepository,
    private readonly retention: RetentionService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    const { auditRetentionDays } = this.config;
    if (auditRetentionDays === 0) return;
    this.retention.add({
      rows: 'old audit events',
      deleteOld: (inBatches) => {
        const time = timestampIn(-auditRetentionDays * DAY_MS);
        return inBatches((limit) => this.events.deleteBefore(time, limit));
      },
    });
  }
}

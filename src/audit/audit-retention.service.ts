import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { timestampIn } from '../common/timestamp';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { type DeleteInBatches, RetentionService } from '../database/retention.service';
import { MetricsRegistry } from '../observability/metrics-registry';
import { AuditRepository } from './audit.repository';
import { AuditService } from './audit.service';

const DAY_MS = 24 * 3600 * 1000;

/** The actor of an event of this service. */
const ACTOR = { tokenId: null, tokenName: 'retention', traceId: 'retention' };

/** Deletes audit events that are older than AUDIT_RETENTION_DAYS, and the oldest of an account beyond AUDIT_MAX_MB. */
@Injectable()
export class AuditRetentionService implements OnModuleInit {
  private readonly logger = new Logger('Audit');
  /** Accounts whose first deletion is in the log. */
  private readonly warned = new Set<string>();
  private readonly metric: Counter<never>;

  constructor(
    private readonly events: AuditRepository,
    private readonly audit: AuditService,
    private readonly retention: RetentionService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    metrics: MetricsRegistry,
  ) {
    this.metric = metrics.addCounter(
      'caret_audit_pruned_events_total',
      'Audit events deleted because their account exceeded AUDIT_MAX_MB.',
      [],
    );
  }

  onModuleInit(): void {
    const { auditRetentionDays, auditMaxBytes } = this.config;
    if (auditRetentionDays > 0) {
      this.retention.add({
        rows: 'old audit events',
        deleteOld: (inBatches) => {
          const time = timestampIn(-auditRetentionDays * DAY_MS);
          return inBatches((limit) => this.events.deleteBefore(time, limit));
        },
      });
    }
    if (auditMaxBytes > 0) {
      this.retention.add({
        rows: 'audit events beyond AUDIT_MAX_MB',
        deleteOld: (inBatches) => this.deleteExcess(auditMaxBytes, inBatches),
      });
    }
  }

  private async deleteExcess(maxBytes: number, inBatches: DeleteInBatches): Promise<void> {
    for (const accountId of await this.events.listAccountIds()) {
      const excess = await this.events.findExcess(accountId, maxBytes);
      if (!excess) continue;
      this.warn(accountId, excess.at);
      // Recorded first, so that no event is lost without a trace.
      await this.record(accountId, excess.at, maxBytes);
      await inBatches(async (limit) => {
        const deleted = await this.events.deleteThrough(accountId, excess.id, limit);
        this.metric.inc(deleted);
        return deleted;
      });
    }
  }

  private record(accountId: string, until: string, maxBytes: number): Promise<void> {
    return this.audit.record(
      { accountId, ...ACTOR },
      {
        action: 'audit.prune',
        resource: { type: 'account', id: accountId, name: '' },
        changes: {
          deleted_until: { before: null, after: until },
          max_bytes: { before: null, after: maxBytes },
        },
      },
    );
  }

  /** Warns once per account, because a flood makes the account exceed its bytes again and again. */
  private warn(accountId: string, until: string): void {
    if (this.warned.has(accountId)) return;
    this.warned.add(accountId);
    this.logger.warn(
      `The audit events of account ${accountId} exceed AUDIT_MAX_MB. Those until ${until} are deleted, and more from now on. Find the token that writes them.`,
    );
  }
}

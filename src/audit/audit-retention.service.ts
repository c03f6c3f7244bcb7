import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { timestampIn } from '../common/timestamp';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { DatabaseService } from '../database/database.service';
import { UnitOfWork } from '../database/unit-of-work';
import { ErrorEntry } from '../observability/error-entry';
import { AuditRepository } from './audit.repository';

/** When a process prunes for the first time, after the requests that wait for its start. */
export const FIRST_RUN_MS = 30_000;
export const INTERVAL_MS = 3_600_000;
const DAY_MS = 24 * 3600 * 1000;

/** Events per transaction. SQLite has one writer, so a request waits for at most one batch. */
const BATCH_SIZE = 200;

/** Deletes audit events that are older than AUDIT_RETENTION_DAYS, on one replica at a time. */
@Injectable()
export class AuditRetentionService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly events: AuditRepository,
    private readonly database: DatabaseService,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    if (this.config.auditRetentionDays === 0) return;
    this.database.onStart(() => {
      this.scheduleIn(FIRST_RUN_MS);
      return Promise.resolve();
    });
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Deletes expired events in batches. Pauses after each one for as long as it took, so that writers get their turn. */
  async prune(): Promise<void> {
    const before = timestampIn(-this.config.auditRetentionDays * DAY_MS);
    await this.database.tryWithRetentionLock(async () => {
      for (;;) {
        const startedAt = performance.now();
        const deleted = await this.unitOfWork.run(() => this.events.deleteBefore(before, BATCH_SIZE));
        if (deleted < BATCH_SIZE || this.stopped) return;
        await sleep(performance.now() - startedAt, undefined, { ref: false });
      }
    });
  }

  private scheduleIn(ms: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.runScheduled(), ms).unref();
  }

  /** A failure is retried at the next interval. */
  private async runScheduled(): Promise<void> {
    try {
      await this.prune();
    } catch (error) {
      this.logger.warn(new ErrorEntry('old audit events could not be deleted', error));
    }
    this.scheduleIn(INTERVAL_MS);
  }
}

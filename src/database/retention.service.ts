import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ErrorEntry } from '../observability/error-entry';
import { DatabaseService } from './database.service';
import { UnitOfWork } from './unit-of-work';

/** When a process deletes for the first time, after the requests that wait for its start. */
export const FIRST_RUN_MS = 30_000;
export const INTERVAL_MS = 3_600_000;

/** Rows per transaction. SQLite has one writer, so a request waits for at most one batch. */
const BATCH_SIZE = 200;

/** Rows that are deleted some time after they have become useless. */
export interface Retention {
  /** What the rows are, for the log. */
  readonly rows: string;
  /** Deletes at most `limit` rows in the transaction of the caller. Returns their number. */
  readonly deleteBatch: (limit: number) => Promise<number>;
}

/** Deletes old rows 30 seconds after the start and every hour, on one replica at a time. */
@Injectable()
export class RetentionService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Retention');
  private readonly retentions: Retention[] = [];
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly database: DatabaseService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  add(retention: Retention): void {
    this.retentions.push(retention);
  }

  onModuleInit(): void {
    this.database.onStart(() => {
      this.scheduleIn(FIRST_RUN_MS);
      return Promise.resolve();
    });
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Deletes all old rows. Does nothing while another replica does. Rows that cannot be deleted do not stop others. */
  async run(): Promise<void> {
    await this.database.tryWithRetentionLock(async () => {
      for (const retention of this.retentions) {
        await this.deleteAll(retention).catch((error: unknown) => this.warn(retention.rows, error));
      }
    });
  }

  /** Deletes in batches. Pauses after each one for as long as it took, so that writers get their turn. */
  private async deleteAll({ deleteBatch }: Retention): Promise<void> {
    while (!this.stopped) {
      const startedAt = performance.now();
      const deleted = await this.unitOfWork.run(() => deleteBatch(BATCH_SIZE));
      if (deleted < BATCH_SIZE) return;
      await sleep(performance.now() - startedAt, undefined, { ref: false });
    }
  }

  private scheduleIn(ms: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.runScheduled(), ms).unref();
  }

  /** A failure is retried at the next interval. */
  private async runScheduled(): Promise<void> {
    await this.run().catch((error: unknown) => this.warn('old rows', error));
    this.scheduleIn(INTERVAL_MS);
  }

  private warn(rows: string, error: unknown): void {
    this.logger.warn(new ErrorEntry(`${rows} could not be deleted`, error));
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ErrorEntry } from '../observability/error-entry';
import { DatabaseService } from './database.service';
import { UnitOfWork } from './unit-of-work';

/** When a process deletes for the first time, after the requests that wait for its start. */
export const FIRST_RUN_MS = 30_000;
export const INTERVAL_MS = 600_000;

/** Rows per transaction. SQLite has one writer, so a request waits for at most one batch. */
const BATCH_SIZE = 200;

/** Deletes at most `limit` rows in the transaction of the caller. Returns their number. */
export type DeleteBatch = (limit: number) => Promise<number>;

/** Runs a batch in its own transaction, and repeats it while there are rows to delete. */
export type DeleteInBatches = (deleteBatch: DeleteBatch) => Promise<void>;

/** Rows that are deleted when they are too old. */
export interface Retention {
  /** What the rows are, for the log. */
  readonly rows: string;
  readonly deleteOld: (inBatches: DeleteInBatches) => Promise<void>;
}

/** Deletes old rows 30 seconds after the start and every ten minutes, on one replica at a time. */
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

  /** Deletes all old rows. Does nothing while another replica does. A failure does not stop the deletion of other rows. */
  async run(): Promise<void> {
    const inBatches: DeleteInBatches = (deleteBatch) => this.deleteInBatches(deleteBatch);
    await this.database.tryWithRetentionLock(async () => {
      for (const { rows, deleteOld } of this.retentions) {
        await deleteOld(inBatches).catch((error: unknown) => this.warn(rows, error));
      }
    });
  }

  /** Pauses after each batch for as long as it took, so that writers can run in between. */
  private async deleteInBatches(deleteBatch: DeleteBatch): Promise<void> {
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

import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isOutage } from '../common/domain-error';
import { describeError } from '../observability/describe-error';
import { databaseUnavailable, isUnavailable } from './database-errors';
import { tryWithLock, withMigrationLock } from './replica-lock';
import { setTableCollation } from './table-collation';
import { WalCheckpoints } from './wal-checkpoints';

/** Injection token of the function that releases the process's lock on an embedded database. */
export const RELEASE_DATABASE = Symbol('RELEASE_DATABASE');

const RECONNECT_MS = 500;

type Task = () => Promise<void>;

/**
 * Connects to the database, migrates it, and runs the start-up tasks of the modules in the order of registration.
 * If a server is unavailable at start, Caret serves 503 and retries. An error that a retry cannot fix, such as wrong
 * credentials or a wrong key, ends the start.
 */
@Injectable()
export class DatabaseService implements OnApplicationShutdown {
  private readonly logger = new Logger('Database');
  private readonly tasks: Task[] = [];
  private ready = false;
  private closed = false;
  private outageCode = '';
  private checkpoints: WalCheckpoints | null = null;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(RELEASE_DATABASE) private readonly release: () => void,
  ) {}

  get isReady(): boolean {
    return this.ready;
  }

  /** Registers a task to run on the migrated database before the first request. */
  onStart(task: Task): void {
    this.tasks.push(task);
  }

  /** Throws 503 until the database is connected and migrated. */
  assertReady(): void {
    if (!this.ready) throw databaseUnavailable();
  }

  /** Resolves when the database is ready, or when retries go on in the background. `onFatal` gets a later failure. */
  async start(onFatal: (error: unknown) => void): Promise<void> {
    if (await this.tryStart()) return;
    this.logger.warn(`The database of DATABASE_URL is unavailable (${this.outageCode}). Retrying.`);
    void this.keepTrying().catch(onFatal);
  }

  /** Starts without retries, for the command line. Throws 503 if the server is unavailable. */
  async startNow(): Promise<void> {
    if (!(await this.tryStart())) throw databaseUnavailable();
  }

  /** Runs SQLite's check of the whole file. Always true for a server, which checks its own files. */
  async isIntact(): Promise<boolean> {
    if (this.embeddedFile === null) return true;
    const rows = await this.dataSource.query<{ integrity_check: string }[]>('PRAGMA integrity_check');
    const orphans = await this.dataSource.query<unknown[]>('PRAGMA foreign_key_check');
    return rows[0]?.integrity_check === 'ok' && orphans.length === 0;
  }

  /** Reads a real table, because a cluster node without quorum still responds to `SELECT 1`. */
  async ping(): Promise<void> {
    this.assertReady();
    await this.dataSource.query('SELECT id FROM accounts LIMIT 1');
  }

  /** Runs `work` under the retention lock. Does nothing while another replica has the lock. */
  tryWithRetentionLock(work: () => Promise<void>): Promise<void> {
    return tryWithLock(this.dataSource, 'retention', work);
  }

  /** Runs after the server has closed, because requests in flight still need the database. */
  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    this.ready = false;
    this.checkpoints?.stop();
    this.checkpoints = null;
    if (this.dataSource.isInitialized) {
      // A stopped service leaves an empty log, so that the file alone is the whole database.
      if (this.embeddedFile !== null) await this.dataSource.query('PRAGMA wal_checkpoint(TRUNCATE)');
      await this.dataSource.destroy();
    }
    this.release();
  }

  private get embeddedFile(): string | null {
    const { options } = this.dataSource;
    return options.type === 'better-sqlite3' ? options.database : null;
  }

  private async keepTrying(): Promise<void> {
    while (!this.closed) {
      await sleep(RECONNECT_MS, undefined, { ref: false });
      if (!this.closed && (await this.tryStart())) {
        this.logger.log('The database is available again.');
        return;
      }
    }
  }

  private async tryStart(): Promise<boolean> {
    try {
      if (!this.dataSource.isInitialized) await this.dataSource.initialize();
      await withMigrationLock(this.dataSource, async () => {
        await setTableCollation(this.dataSource);
        await this.dataSource.runMigrations();
        for (const task of this.tasks) await task();
      });
      if (this.embeddedFile !== null) this.checkpoints = new WalCheckpoints(this.embeddedFile);
      this.ready = true;
      return true;
    } catch (error) {
      const isServerDown = isUnavailable(error) || isOutage(error);
      if (!isServerDown || this.embeddedFile !== null) throw error;
      const { code, cause } = describeError(error);
      this.outageCode = String((cause as { code?: unknown } | undefined)?.code ?? code);
      return false;
    }
  }
}

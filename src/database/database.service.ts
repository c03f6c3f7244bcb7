import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isOutage } from '../common/domain-error';
import { describeError } from '../observability/describe-error';
import { databaseUnavailable, isUnavailable } from './database-errors';
import { withMigrationLock } from './migration-lock';

/** Injection token of the function that gives up the process's hold on an embedded database. */
export const RELEASE_DATABASE = Symbol('RELEASE_DATABASE');

const RECONNECT_MS = 500;

type Task = () => Promise<void>;

/**
 * The database's life: connect, migrate, then the start-up tasks of the modules, in the order of their making.
 * When a server is away at start, Caret comes up without it (answering 503) and goes on trying; an error that
 * waiting cannot mend (wrong credentials, a wrong key) ends the start instead.
 */
@Injectable()
export class DatabaseService implements OnApplicationShutdown {
  private readonly logger = new Logger('Database');
  private readonly tasks: Task[] = [];
  private ready = false;
  private closed = false;
  private awayBecause = '';

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(RELEASE_DATABASE) private readonly release: () => void,
  ) {}

  get isReady(): boolean {
    return this.ready;
  }

  /** Registers what must be done on the migrated database before the first request is served. */
  onStart(task: Task): void {
    this.tasks.push(task);
  }

  /** Throws 503 while the database is not yet connected and migrated. */
  assertReady(): void {
    if (!this.ready) throw databaseUnavailable();
  }

  /** Resolves when ready, or when the server is away and waiting goes on behind; `onFatal` hears of a later failure. */
  async start(onFatal: (error: unknown) => void): Promise<void> {
    if (await this.tryStart()) return;
    this.logger.warn(`The database does not answer (${this.awayBecause}); waiting for it.`);
    void this.keepTrying().catch(onFatal);
  }

  /** For the command line, which does not wait. Throws 503 where the server is away. */
  async startNow(): Promise<void> {
    if (!(await this.tryStart())) throw databaseUnavailable();
  }

  /** SQLite's own check of the whole file; a server watches over its files itself. */
  async isIntact(): Promise<boolean> {
    if (!this.isEmbedded) return true;
    const rows = await this.dataSource.query<{ integrity_check: string }[]>('PRAGMA integrity_check');
    const orphans = await this.dataSource.query<unknown[]>('PRAGMA foreign_key_check');
    return rows[0]?.integrity_check === 'ok' && orphans.length === 0;
  }

  /** A real table, not `SELECT 1`, which a cluster node without quorum still answers. */
  async ping(): Promise<void> {
    this.assertReady();
    await this.dataSource.query('SELECT id FROM accounts LIMIT 1');
  }

  /** After the server has closed: requests in flight still need the database. */
  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    this.ready = false;
    if (this.dataSource.isInitialized) {
      // So that the file alone is the whole database, should somebody copy it.
      if (this.isEmbedded) await this.dataSource.query('PRAGMA wal_checkpoint(TRUNCATE)');
      await this.dataSource.destroy();
    }
    this.release();
  }

  private get isEmbedded(): boolean {
    return this.dataSource.options.type === 'better-sqlite3';
  }

  private async keepTrying(): Promise<void> {
    while (!this.closed) {
      await sleep(RECONNECT_MS, undefined, { ref: false });
      if (!this.closed && (await this.tryStart())) {
        this.logger.log('The database is back.');
        return;
      }
    }
  }

  private async tryStart(): Promise<boolean> {
    try {
      if (!this.dataSource.isInitialized) await this.dataSource.initialize();
      await withMigrationLock(this.dataSource, async () => {
        await this.dataSource.runMigrations({ transaction: 'each' });
        for (const task of this.tasks) await task();
      });
      this.ready = true;
      return true;
    } catch (error) {
      const away = isUnavailable(error) || isOutage(error);
      if (!away || this.isEmbedded) throw error;
      const { code, cause } = describeError(error);
      this.awayBecause = String((cause as { code?: unknown } | undefined)?.code ?? code);
      return false;
    }
  }
}

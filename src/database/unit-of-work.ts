import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner, type ReplicationMode } from 'typeorm';
import { AccountManager } from './account-manager';
import { assignAccount } from './connection-shares';
import { databaseBusy, databaseUnavailable, isRetryable } from './database-errors';

const MAX_TRIES = 5;
const MAX_RETRY_MS = 2000;

/** Runs in the transaction after the work, with the work's result. A failure rolls everything back. */
export type BeforeCommit = (result: unknown) => Promise<void>;

interface Transaction {
  readonly manager: EntityManager;
  readonly afterCommit: (() => void)[];
}

/**
 * The only way to write: a transaction that nested calls join. After a deadlock, a lock timeout or a failed
 * certification, everything is rolled back and the whole closure runs again. So the closure must use nothing but the
 * database: no upstream call, no slow work.
 *
 * Work for a request names its account, which then waits for itself and takes turns with others ({@link assignAccount}).
 */
@Injectable()
export class UnitOfWork {
  private readonly transaction = new AsyncLocalStorage<Transaction>();
  private readonly beforeCommit = new AsyncLocalStorage<BeforeCommit>();
  /** The number of calls that run inside one of the storages. */
  private active = 0;

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The manager of the current transaction, or one for single statements. Throws 503 before the database is connected. */
  get manager(): EntityManager {
    if (!this.dataSource.isInitialized) throw databaseUnavailable();
    return this.transaction.getStore()?.manager ?? this.dataSource.manager;
  }

  /** As {@link manager}, for reads of an account. Its `query` uses the share of the account outside transactions. */
  managerOf(accountId: string): EntityManager {
    const { manager } = this;
    return manager.queryRunner ? manager : new AccountManager(this.dataSource, accountId);
  }

  /** Runs `work` in a transaction. Throws its error, or 503 `database_busy` after the last retry. */
  async run<T>(work: () => Promise<T>, accountId?: string): Promise<T> {
    return this.transaction.getStore() ? work() : this.retry(() => this.attempt(work, accountId));
  }

  /**
   * Runs `work`, which only reads, on one snapshot. Waits for no writer and delays none. Nested calls join the current
   * transaction. Throws the error of `work`, or 503 `database_busy` after the last retry.
   */
  async read<T>(work: () => Promise<T>, accountId?: string): Promise<T> {
    return this.transaction.getStore() ? work() : this.retry(() => this.attemptRead(work, accountId));
  }

  /** Runs `callback` after the commit of the current transaction, or immediately if there is none. */
  onCommitted(callback: () => void): void {
    const current = this.transaction.getStore();
    if (current) current.afterCommit.push(callback);
    else callback();
  }

  /** Runs `work`. Every outermost transaction in it runs `hook` before its commit. */
  withBeforeCommit<T>(hook: BeforeCommit, work: () => Promise<T>): Promise<T> {
    return this.within(this.beforeCommit, hook, work);
  }

  private async retry<T>(attemptOnce: () => Promise<T>): Promise<T> {
    const started = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await attemptOnce();
      } catch (error) {
        if (!isRetryable(error)) throw error;
        // Exponential backoff with full jitter: at most 20, 40, 80, 160 milliseconds.
        const pauseMs = Math.random() * 20 * 2 ** (attempt - 1);
        if (attempt === MAX_TRIES || performance.now() + pauseMs - started > MAX_RETRY_MS)
          throw databaseBusy(error);
        await sleep(pauseMs);
      }
    }
  }

  private createRunner(mode: ReplicationMode, accountId: string | undefined): QueryRunner {
    if (!this.dataSource.isInitialized) throw databaseUnavailable();
    const runner = this.dataSource.createQueryRunner(mode);
    assignAccount(runner, accountId);
    return runner;
  }

  private async attempt<T>(work: () => Promise<T>, accountId: string | undefined): Promise<T> {
    const afterCommit: (() => void)[] = [];
    const runner = this.createRunner('master', accountId);
    const transaction = runner.manager.transaction((manager) =>
      this.within(this.transaction, { manager, afterCommit }, async () => {
        const value = await work();
        await this.beforeCommit.getStore()?.(value);
        return value;
      }),
    );
    const result = await transaction.finally(() => runner.release());
    for (const callback of afterCommit) callback();
    return result;
  }

  private async attemptRead<T>(work: () => Promise<T>, accountId: string | undefined): Promise<T> {
    const runner = this.createRunner('slave', accountId);
    try {
      await runner.startTransaction();
      const { manager } = runner;
      const result = await this.within(this.transaction, { manager, afterCommit: [] }, work);
      // A read is complete before its COMMIT, which therefore may fail.
      await runner.commitTransaction().catch(() => runner.rollbackTransaction().catch(() => undefined));
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /**
   * Runs `work` inside a storage. Before Node 24, an active AsyncLocalStorage slows every promise in the process, so the
   * storages are disabled while no unit of work is running.
   */
  private async within<T, S>(storage: AsyncLocalStorage<S>, store: S, work: () => Promise<T>): Promise<T> {
    this.active += 1;
    try {
      return await storage.run(store, work);
    } finally {
      this.active -= 1;
      if (this.active === 0) {
        this.transaction.disable();
        this.beforeCommit.disable();
      }
    }
  }
}

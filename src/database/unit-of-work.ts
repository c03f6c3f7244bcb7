import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { databaseBusy, databaseUnavailable, isRetryable } from './database-errors';

const MAX_TRIES = 5;
const MAX_RETRY_MS = 2000;

/**
 * Runs in the transaction after the work, with the work's result: for an idempotent request that must be the answer
 * itself. A failure rolls everything back.
 */
export type BeforeCommit = (result: unknown) => Promise<void>;

interface Transaction {
  readonly manager: EntityManager;
  readonly afterCommit: (() => void)[];
}

/**
 * The one way to write: a transaction that nested calls join. On a deadlock, a lock timeout or a failed
 * certification everything is rolled back and the whole closure runs again, so it must do nothing but talk
 * to the database: no upstream call, nothing slow.
 */
@Injectable()
export class UnitOfWork {
  private readonly transaction = new AsyncLocalStorage<Transaction>();
  private readonly beforeCommit = new AsyncLocalStorage<BeforeCommit>();
  /** Pieces of work that have a transaction or a hook around them now. */
  private inside = 0;

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The manager of the current transaction, or one for single statements. */
  get manager(): EntityManager {
    if (!this.dataSource.isInitialized) throw databaseUnavailable();
    return this.transaction.getStore()?.manager ?? this.dataSource.manager;
  }

  /** Throws what `work` throws; 503 `database_busy` when the retries are used up. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.transaction.getStore()) return work();
    const started = Date.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (!isRetryable(error)) throw error;
        // Full jitter, doubling: 20, 40, 80 … milliseconds at the most.
        const pause = Math.random() * 20 * 2 ** (attempt - 1);
        if (attempt === MAX_TRIES || Date.now() + pause - started > MAX_RETRY_MS) throw databaseBusy(error);
        await sleep(pause);
      }
    }
  }

  /** Runs `callback` once the current transaction is committed (at once where there is none). */
  onCommitted(callback: () => void): void {
    const current = this.transaction.getStore();
    if (current) current.afterCommit.push(callback);
    else callback();
  }

  /** Within `work`, every outermost transaction runs `hook` before it commits. */
  withBeforeCommit<T>(hook: BeforeCommit, work: () => Promise<T>): Promise<T> {
    return this.within(this.beforeCommit, hook, work);
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    const afterCommit: (() => void)[] = [];
    const result = await this.manager.transaction((manager) =>
      this.within(this.transaction, { manager, afterCommit }, async () => {
        const value = await work();
        await this.beforeCommit.getStore()?.(value);
        return value;
      }),
    );
    for (const callback of afterCommit) callback();
    return result;
  }

  /**
   * While a storage is in use, Node before 24 runs a hook for each promise of the process, of every request: so that
   * reads do not pay for writes, it is in use no longer than somebody is inside.
   */
  private async within<T, S>(storage: AsyncLocalStorage<S>, store: S, work: () => Promise<T>): Promise<T> {
    this.inside += 1;
    try {
      return await storage.run(store, work);
    } finally {
      this.inside -= 1;
      if (this.inside === 0) {
        this.transaction.disable();
        this.beforeCommit.disable();
      }
    }
  }
}

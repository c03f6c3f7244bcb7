import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AccountsRepository } from '../accounts/accounts.repository';
import type { AccountId } from '../auth/caller';
import { inBatches } from '../common/batches';
import { isOutage } from '../common/domain-error';
import { assertReached, isTooFarAhead, revisionTooFarAhead } from './revision-header';

const MAX_ACCOUNTS = 100_000;

/** Accounts per statement. SQLite accepts 32 766 parameters. */
const ACCOUNTS_PER_STATEMENT = 10_000;

/** How long a read decides about revisions that are too far ahead, in milliseconds. */
const FAR_READ_MS = 1000;

/** A read of an account's revision in progress, and the read that callers wait for, if any. */
interface PendingRead {
  readonly result: Promise<number>;
  next: Promise<number> | null;
}

/**
 * The registry revisions that this process knows. It learns those of its own writes immediately, and those of other
 * processes when it reads them.
 */
@Injectable()
export class RevisionTracker {
  private readonly known = new LRUCache<AccountId, number>({ max: MAX_ACCOUNTS });

  private readonly pendingReads = new Map<AccountId, PendingRead>();

  /** The latest read of each account that was sent a revision far ahead. */
  private readonly farReads = new LRUCache<AccountId, Promise<number>>({
    max: MAX_ACCOUNTS,
    ttl: FAR_READ_MS,
  });

  constructor(private readonly accounts: AccountsRepository) {}

  /** The latest revision that this process has seen, or 0. */
  latestKnown(accountId: AccountId): number {
    return this.known.get(accountId) ?? 0;
  }

  learn(accountId: AccountId, revision: number): void {
    if (revision > this.latestKnown(accountId)) this.known.set(accountId, revision);
  }

  /** Reads the current revision from the database. */
  async read(accountId: AccountId): Promise<number> {
    const before = this.latestKnown(accountId);
    const revision = await this.accounts.getRevision(accountId);
    this.correct(accountId, before, revision);
    return revision;
  }

  /**
   * Reads the revision, shared by concurrent callers. Callers that arrive during a read share the next one, so no caller
   * gets a value older than its call. When the read in progress finds the database down, the callers that wait for the
   * next one fail with it, because they have waited as long. Do not call it inside a transaction.
   */
  readShared(accountId: AccountId): Promise<number> {
    const pending = this.pendingReads.get(accountId);
    if (!pending) return this.startRead(accountId);
    const start = (): Promise<number> => this.startRead(accountId);
    return (pending.next ??= pending.result.then(start, (error: unknown) => {
      if (!isOutage(error)) return start();
      this.pendingReads.delete(accountId);
      throw error;
    }));
  }

  private startRead(accountId: AccountId): Promise<number> {
    const pending: PendingRead = { result: this.read(accountId), next: null };
    this.pendingReads.set(accountId, pending);
    const end = (): void => {
      if (!pending.next) this.pendingReads.delete(accountId);
    };
    pending.result.then(end, end);
    return pending.result;
  }

  /**
   * Throws 400 for a revision that no write can have returned. Reads the database at most once per second and
   * account, and only for a revision that is far ahead of the latest known one. Do not call it inside a transaction.
   */
  async assertPlausible(accountId: AccountId, minRevision: number): Promise<void> {
    if (!isTooFarAhead(minRevision, this.latestKnown(accountId))) return;
    const revision = await (this.farReads.get(accountId) ?? this.readFar(accountId));
    if (isTooFarAhead(minRevision, revision)) throw revisionTooFarAhead(revision);
  }

  private readFar(accountId: AccountId): Promise<number> {
    const read = this.read(accountId);
    this.farReads.set(accountId, read);
    read.catch(() => this.farReads.delete(accountId));
    return read;
  }

  /** Throws 503 when the database has not reached `minRevision`. Does not ask it for revision 0. */
  async assertReached(accountId: AccountId, minRevision: number): Promise<void> {
    await this.assertPlausible(accountId, minRevision);
    if (minRevision > 0) assertReached(await this.read(accountId), minRevision);
  }

  /** Reads the revisions of many accounts in as few statements as possible. */
  async readMany(accountIds: readonly AccountId[]): Promise<ReadonlyMap<AccountId, number>> {
    const found = new Map<AccountId, number>();
    const before = new Map(accountIds.map((accountId) => [accountId, this.latestKnown(accountId)]));
    await inBatches(accountIds, ACCOUNTS_PER_STATEMENT, async (batch) => {
      for (const [accountId, revision] of await this.accounts.findRevisions(batch)) {
        this.correct(accountId, before.get(accountId) ?? 0, revision);
        found.set(accountId, revision);
      }
    });
    return found;
  }

  /** Lowers the known revision when the database was restored, or lost its last commits in a failover. */
  private correct(accountId: AccountId, before: number, revision: number): void {
    const unchanged = this.latestKnown(accountId) === before;
    if (unchanged && revision < before) this.known.set(accountId, revision);
    else this.learn(accountId, revision);
  }
}

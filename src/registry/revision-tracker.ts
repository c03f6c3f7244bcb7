import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AccountsRepository } from '../accounts/accounts.repository';
import type { AccountId } from '../auth/caller';
import { inBatches } from '../common/batches';
import { isOutage } from '../common/domain-error';
import { assertReached } from './revision-header';

const MAX_ACCOUNTS = 100_000;

/** Accounts in one statement: SQLite takes 32 766 parameters. */
const PER_STATEMENT = 10_000;

/** A reading of an account's revision, and the one after it where somebody waits for that. */
interface Turn {
  readonly reading: Promise<number>;
  next: Promise<number> | null;
}

/** What this process knows of the registries' revisions: those of its own writes at once, those of others as it reads. */
@Injectable()
export class RevisionTracker {
  private readonly known = new LRUCache<AccountId, number>({ max: MAX_ACCOUNTS });

  private readonly turns = new Map<AccountId, Turn>();

  constructor(private readonly accounts: AccountsRepository) {}

  /** The latest revision that this process has seen; 0 where it has seen none. */
  latestKnown(accountId: AccountId): number {
    return this.known.get(accountId) ?? 0;
  }

  learn(accountId: AccountId, revision: number): void {
    if (revision > this.latestKnown(accountId)) this.known.set(accountId, revision);
  }

  /** The revision now, from the database. */
  async read(accountId: AccountId): Promise<number> {
    const before = this.latestKnown(accountId);
    const revision = await this.accounts.getRevision(accountId);
    this.correct(accountId, before, revision);
    return revision;
  }

  /**
   * The same where many ask at once, outside of any transaction: while one reading is under way the others wait for the
   * next, which they share. So each gets what was read after it came, and the database is asked once for all. Where it
   * does not answer the one, the others do not try in their turn: they have waited as long.
   */
  readShared(accountId: AccountId): Promise<number> {
    const turn = this.turns.get(accountId);
    if (!turn) return this.startTurn(accountId);
    const start = (): Promise<number> => this.startTurn(accountId);
    return (turn.next ??= turn.reading.then(start, (error: unknown) => {
      if (!isOutage(error)) return start();
      this.turns.delete(accountId);
      throw error;
    }));
  }

  private startTurn(accountId: AccountId): Promise<number> {
    const turn: Turn = { reading: this.read(accountId), next: null };
    this.turns.set(accountId, turn);
    const end = (): void => {
      if (!turn.next) this.turns.delete(accountId);
    };
    turn.reading.then(end, end);
    return turn.reading;
  }

  /** 503 where the database has not got to `minRevision`; asks it only where one is given. */
  async assertReached(accountId: AccountId, minRevision: number): Promise<void> {
    if (minRevision > 0) assertReached(await this.read(accountId), minRevision);
  }

  /** Those of many accounts, in as few statements as can be. */
  async readMany(accountIds: readonly AccountId[]): Promise<ReadonlyMap<AccountId, number>> {
    const found = new Map<AccountId, number>();
    const before = new Map(accountIds.map((accountId) => [accountId, this.latestKnown(accountId)]));
    await inBatches(accountIds, PER_STATEMENT, async (batch) => {
      for (const [accountId, revision] of await this.accounts.findRevisions(batch)) {
        this.correct(accountId, before.get(accountId) ?? 0, revision);
        found.set(accountId, revision);
      }
    });
    return found;
  }

  /** A database that was restored, or failed over and lost its last commits, is behind what was known of it. */
  private correct(accountId: AccountId, before: number, revision: number): void {
    const unchanged = this.latestKnown(accountId) === before;
    if (unchanged && revision < before) this.known.set(accountId, revision);
    else this.learn(accountId, revision);
  }
}

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AccountsRepository } from './accounts.repository';
import type { AccountId } from './caller';

const MAX_ACCOUNTS = 100_000;

/** Accounts in one statement: SQLite takes 32 766 parameters. */
const PER_STATEMENT = 10_000;

/** What this process knows of the registries' revisions: those of its own writes at once, those of others as it reads. */
@Injectable()
export class RegistryRevisions {
  private readonly known = new LRUCache<AccountId, number>({ max: MAX_ACCOUNTS });

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
    const revision = await this.accounts.findRevision(accountId);
    this.learn(accountId, revision);
    return revision;
  }

  /** Those of many accounts, in as few statements as can be. */
  async readMany(accountIds: readonly AccountId[]): Promise<ReadonlyMap<AccountId, number>> {
    const found = new Map<AccountId, number>();
    for (let start = 0; start < accountIds.length; start += PER_STATEMENT) {
      const part = await this.accounts.findRevisions(accountIds.slice(start, start + PER_STATEMENT));
      for (const [accountId, revision] of part) {
        this.learn(accountId, revision);
        found.set(accountId, revision);
      }
    }
    return found;
  }
}

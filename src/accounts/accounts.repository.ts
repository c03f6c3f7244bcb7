import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { newId } from '../common/ids';
import { timestamp } from '../common/timestamp';
import {
  type Addition,
  findRow,
  incrementCounter,
  insertRows,
  placeholders,
  updateRows,
} from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { Account } from './account.entity';

@Injectable()
export class AccountsRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(name: string): Promise<Account & { id: AccountId }> {
    const counters = {
      revision: 0,
      providerCount: 0,
      modelCount: 0,
      registryBytes: 0,
      tokenWrites: 0,
      pastPriceBytes: 0,
    };
    const account = { id: newId() as AccountId, name, ...counters, createdAt: timestamp() };
    await insertRows(this.unitOfWork.manager, Account, [account]);
    return account;
  }

  async find(id: AccountId): Promise<Account | null> {
    return findRow(this.unitOfWork.managerOf(id), Account, { id });
  }

  async list(): Promise<Account[]> {
    return this.unitOfWork.manager.getRepository(Account).find({ order: { id: 'ASC' } });
  }

  async listIds(): Promise<AccountId[]> {
    const rows = await this.unitOfWork.manager.query<{ id: AccountId }[]>('SELECT id FROM accounts');
    return rows.map(({ id }) => id);
  }

  async isEmpty(): Promise<boolean> {
    return !(await this.unitOfWork.manager.getRepository(Account).exists());
  }

  /**
   * Increments and returns the revision of the account's registry, and makes the additions to its counters. It is the
   * first statement of each write transaction. Its row lock serialises the writers of one account, and on a cluster it
   * makes two writers conflict at commit. Returns null if the account does not exist or an addition exceeds its limit.
   */
  bumpRevision(id: AccountId, additions: readonly Addition[]): Promise<number | null> {
    return incrementCounter(this.unitOfWork.manager, Account, { id }, 'revision', additions);
  }

  /** Sets the revision. Call it in a transaction that has the row lock. */
  async setRevision(id: AccountId, revision: number): Promise<void> {
    await updateRows(this.unitOfWork.manager, Account, { id }, { revision });
  }

  async getRevision(id: AccountId): Promise<number> {
    const revision = (await this.findRevisions([id], this.unitOfWork.managerOf(id))).get(id);
    if (revision === undefined) throw new Error(`no account ${id}`);
    return revision;
  }

  async findRevisions(
    ids: readonly AccountId[],
    manager = this.unitOfWork.manager,
  ): Promise<ReadonlyMap<AccountId, number>> {
    if (ids.length === 0) return new Map();
    const sql = `SELECT id, revision FROM accounts WHERE id IN (${placeholders(ids)})`;
    const rows = await manager.query<{ id: AccountId; revision: number | string }[]>(sql, [...ids]);
    return new Map(rows.map(({ id, revision }) => [id, Number(revision)]));
  }
}

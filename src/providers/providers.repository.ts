import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { isUniqueViolation } from '../database/database-errors';
import { changedColumns } from '../database/portable-columns';
import { byIds, insertRows, updateRows } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import type { ProviderKind } from '../upstream/base-url';
import type { Protocol } from '../upstream/protocol';
import { type ProviderRow, toProvider } from './provider-row';
import { Provider } from './provider.entity';
import { nameConflict } from './provider.errors';

export interface ProviderFilter {
  readonly provider: ProviderKind | null;
  readonly nameKey: string | null;
  readonly enabled: boolean | null;
  /** Only ids after this one. */
  readonly after: string | null;
  readonly limit: number | null;
}

export const NO_FILTER: ProviderFilter = {
  provider: null,
  nameKey: null,
  enabled: null,
  after: null,
  limit: null,
};

@Injectable()
export class ProvidersRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Lists the ids of providers, oldest first. Their rows may be long, so read them in batches. */
  async listIds(
    accountId: AccountId,
    { provider, nameKey, enabled, after, limit }: ProviderFilter,
  ): Promise<string[]> {
    const parameters: unknown[] = [accountId];
    let sql = 'SELECT id FROM providers WHERE account_id = ?';
    const condition = (text: string, value: unknown): void => {
      sql += ` ${text}`;
      parameters.push(value);
    };
    if (provider !== null) condition('AND provider = ?', provider);
    if (nameKey !== null) condition('AND name_key = ?', nameKey);
    if (enabled !== null) condition(`AND enabled ${enabled ? '<>' : '='} ?`, 0);
    if (after !== null) condition('AND id > ?', after);
    sql += ' ORDER BY id';
    if (limit !== null) condition('LIMIT ?', limit);
    const rows = await this.unitOfWork.managerOf(accountId).query<Pick<ProviderRow, 'id'>[]>(sql, parameters);
    return rows.map(({ id }) => id);
  }

  async listByIds(accountId: AccountId, ids: readonly string[]): Promise<Provider[]> {
    if (ids.length === 0) return [];
    const sql = `SELECT * FROM providers WHERE ${byIds(ids)}`;
    return (await this.unitOfWork.managerOf(accountId).query<ProviderRow[]>(sql, [accountId, ...ids])).map(
      toProvider,
    );
  }

  /**
   * Yields all providers of the account, batch by batch, in no useful order. Follows the unique index of their names, so
   * that each batch continues where the last one ended.
   */
  async *walk(accountId: AccountId, size: number): AsyncGenerator<Provider[]> {
    const sql = 'SELECT * FROM providers WHERE account_id = ? AND name_key > ? ORDER BY name_key LIMIT ?';
    let after = '';
    for (;;) {
      const rows = await this.unitOfWork
        .managerOf(accountId)
        .query<ProviderRow[]>(sql, [accountId, after, size]);
      if (rows.length > 0) yield rows.map(toProvider);
      if (rows.length < size) return;
      after = rows.at(-1)!.name_key;
    }
  }

  async find(accountId: AccountId, id: string): Promise<Provider | null> {
    const sql = 'SELECT * FROM providers WHERE account_id = ? AND id = ?';
    const rows = await this.unitOfWork.managerOf(accountId).query<ProviderRow[]>(sql, [accountId, id]);
    return rows[0] ? toProvider(rows[0]) : null;
  }

  /** Throws 409 when the name is taken. */
  async insert(provider: Provider): Promise<void> {
    await translateViolations(() => insertRows(this.unitOfWork.manager, Provider, [provider]));
  }

  /** Throws 409 when the new name is taken. */
  async update(before: Provider, after: Provider): Promise<void> {
    const { id, accountId } = before;
    const changes = changedColumns(before, after);
    await translateViolations(() =>
      updateRows(this.unitOfWork.manager, Provider, { id, accountId }, changes),
    );
  }

  /** Does not change `updatedAt`, because the representation stays the same. */
  async setLearnedProtocol(accountId: AccountId, id: string, protocol: Protocol | null): Promise<void> {
    await this.rows.update({ accountId, id }, { learnedProtocol: protocol });
  }

  async delete(accountId: AccountId, id: string): Promise<void> {
    await this.rows.delete({ accountId, id });
  }

  private get rows() {
    return this.unitOfWork.manager.getRepository(Provider);
  }
}

async function translateViolations(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw isUniqueViolation(error) ? nameConflict() : error;
  }
}

import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, Like, MoreThan, Not } from 'typeorm';
import type { AccountId } from '../auth/caller';
import { timestamp } from '../common/timestamp';
import {
  addToCounters,
  findRow,
  findRowsById,
  findRowsWhere,
  insertRows,
  placeholders,
} from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { ApiToken } from './api-token.entity';

interface CountRow {
  readonly count: number | string;
}

@Injectable()
export class TokensRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  private get rows() {
    return this.unitOfWork.manager.getRepository(ApiToken);
  }

  async insert(token: Omit<ApiToken, 'account'>): Promise<void> {
    await insertRows(this.unitOfWork.manager, ApiToken, [token]);
  }

  /**
   * Serialises the writers of an account's tokens until the transaction ends. It changes the row of the account, because
   * a read lock would not make two nodes of a Galera cluster conflict at commit.
   */
  async serialiseWrites(accountId: AccountId): Promise<void> {
    const write = { column: 'token_writes', amount: 1, limit: null };
    await addToCounters(this.unitOfWork.manager, 'accounts', accountId, [write]);
  }

  /** Counts the tokens of an account, expired ones included. */
  async count(accountId: AccountId): Promise<number> {
    const sql = 'SELECT COUNT(*) AS count FROM api_tokens WHERE account_id = ?';
    const [row] = await this.unitOfWork.managerOf(accountId).query<CountRow[]>(sql, [accountId]);
    return Number(row!.count);
  }

  /** Returns the count of the account that has the most tokens, expired ones included. */
  async countHighest(): Promise<number> {
    const sql = 'SELECT COUNT(*) AS count FROM api_tokens GROUP BY account_id ORDER BY count DESC LIMIT 1';
    const [row] = await this.unitOfWork.manager.query<CountRow[]>(sql);
    return Number(row?.count ?? 0);
  }

  /** Finds tokens by id alone, because only the row contains its account. For authentication only. */
  async findForAuthentication(ids: readonly string[]): Promise<ApiToken[]> {
    return findRowsById(this.unitOfWork.manager, ApiToken, ids);
  }

  /** Returns the tokens that operators chose. They do not contain their id. */
  async listCustom(): Promise<ApiToken[]> {
    return this.rows.findBy({ format: 'custom' });
  }

  async find(accountId: AccountId, id: string): Promise<ApiToken | null> {
    return findRow(this.unitOfWork.managerOf(accountId), ApiToken, { accountId, id });
  }

  /** Returns at most `limit` tokens after the id `after`, oldest first. */
  async list(accountId: AccountId, after: string | null, limit: number): Promise<ApiToken[]> {
    const condition = 'account_id = ? AND id > ? ORDER BY id LIMIT ?';
    const values = [accountId, after ?? '', limit];
    return findRowsWhere(this.unitOfWork.managerOf(accountId), ApiToken, condition, values);
  }

  /**
   * Whether another token with the scope `admin` can stand in for `token`. A token that expires cannot stand in for one
   * that does not.
   */
  async hasOtherAdmin({ accountId, id, expiresAt }: ApiToken): Promise<boolean> {
    const other = { accountId, id: Not(id), scopes: Like('%admin%') };
    const permanent = { ...other, expiresAt: IsNull() };
    const active = { ...other, expiresAt: MoreThan(timestamp()) };
    return this.rows.exists({ where: expiresAt === null ? permanent : [permanent, active] });
  }

  /** Returns false if the token does not exist. */
  async delete(accountId: AccountId, id: string): Promise<boolean> {
    return (await this.rows.delete({ accountId, id })).affected === 1;
  }

  /**
   * Deletes at most `limit` tokens that expired before `time`. Returns their number. The DELETE names primary keys, so
   * that it locks no gap in which a writer inserts.
   */
  async deleteExpiredBefore(time: string, limit: number): Promise<number> {
    const expired = await this.rows.find({
      select: { id: true },
      where: { expiresAt: LessThan(time) },
      order: { expiresAt: 'ASC' },
      take: limit,
    });
    if (expired.length > 0) await this.rows.delete({ id: In(expired.map(({ id }) => id)) });
    return expired.length;
  }

  /** Returns false if the token was deleted or got another secret after `token` was read. */
  async replaceSecret(
    { accountId, id, secretHmac }: ApiToken,
    secret: Pick<ApiToken, 'secretHmac' | 'previousSecretHmac' | 'previousValidUntil'>,
  ): Promise<boolean> {
    return (await this.rows.update({ accountId, id, secretHmac }, secret)).affected === 1;
  }

  async touch(ids: readonly string[], lastUsedAt: string): Promise<void> {
    await this.unitOfWork.manager.query(
      `UPDATE api_tokens SET last_used_at = ? WHERE id IN (${placeholders(ids)})`,
      [lastUsedAt, ...ids],
    );
  }
}

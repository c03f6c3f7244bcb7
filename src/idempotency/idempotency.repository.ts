import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, MoreThanOrEqual } from 'typeorm';
import type { AccountId } from '../auth/caller';
import { findRow, insertRows, lockRow, tryInsertRow } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { IdempotencyKey } from './idempotency-key.entity';
import { IdempotencyResponsePart } from './idempotency-response-part.entity';
import type { PackedResponse } from './packed-response';

/** A key and the bytes that its deletion frees. */
export type StoredKey = Pick<IdempotencyKey, 'id' | 'storedBytes'>;

/** Stored responses with this status or a higher one are errors. */
export const FIRST_ERROR_STATUS = 400;

/** A key is expired if it was created before this time: `error` for a stored error, `success` for all others. */
export interface Expiry {
  readonly success: string;
  readonly error: string;
}

interface KeyUsage {
  readonly keys: number;
  /** Bytes of stored responses. */
  readonly bytes: number;
}

/** The usage of an account, and the part of one of its tokens. */
export interface KeyCounts {
  readonly all: KeyUsage;
  readonly own: KeyUsage;
  /** When the oldest key of the account was created. */
  readonly oldest: string;
}

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  private get rows() {
    return this.unitOfWork.manager.getRepository(IdempotencyKey);
  }

  /** Returns false if the key exists. */
  tryInsert(key: IdempotencyKey): Promise<boolean> {
    return tryInsertRow(this.unitOfWork.manager, IdempotencyKey, key);
  }

  async find(id: string): Promise<IdempotencyKey | null> {
    return findRow(this.unitOfWork.manager, IdempotencyKey, { id });
  }

  /** Takes over an expired claim. Returns false if another request took it over or the first one has completed. */
  async takeOver(id: string, from: string, to: string, claimedUntil: string): Promise<boolean> {
    const expired = { id, claimedBy: from, status: IsNull() };
    const result = await this.rows.update(expired, { claimedBy: to, claimedUntil });
    return result.affected === 1;
  }

  /** Stores the response. Returns false if another request has taken over the claim. */
  async complete(
    id: string,
    claimedBy: string,
    row: Pick<IdempotencyKey, 'status' | 'storedBytes'>,
    { text, parts }: PackedResponse,
  ): Promise<boolean> {
    if ((await this.rows.update({ id, claimedBy }, { ...row, response: text })).affected !== 1) return false;
    for (const [position, content] of parts.entries()) {
      await insertRows(this.unitOfWork.manager, IdempotencyResponsePart, [{ keyId: id, position, content }]);
    }
    return true;
  }

  /** Returns the parts of a response that is too long for the row of its key. */
  async listParts(keyId: string): Promise<string[]> {
    const parts = this.unitOfWork.manager.getRepository(IdempotencyResponsePart);
    const rows = await parts.find({ where: { keyId }, order: { position: 'ASC' } });
    return rows.map(({ content }) => content);
  }

  /** Deletes a claim without a response. A stored response means that the work was committed, so it stays. */
  async release(id: string, claimedBy: string): Promise<void> {
    await this.rows.delete({ id, claimedBy, status: IsNull() });
  }

  /** Locks the row of the account until the transaction ends. */
  lockAccount(accountId: AccountId): Promise<void> {
    return lockRow(this.unitOfWork.manager, 'accounts', accountId);
  }

  /** Counts the keys since `time`. Reads only the index, because rows contain long responses. */
  async countSince(accountId: AccountId, tokenId: string, time: string): Promise<KeyCounts> {
    const own = (value: string): string => `SUM(CASE WHEN token_id = ? THEN ${value} ELSE 0 END)`;
    const sql = `SELECT COUNT(*) AS all_keys, SUM(stored_bytes) AS all_bytes, ${own('1')} AS own_keys,
      ${own('stored_bytes')} AS own_bytes, MIN(created_at) AS oldest
      FROM idempotency_keys WHERE account_id = ? AND created_at >= ?`;
    const values = [tokenId, tokenId, accountId, time];
    const [row] = await this.unitOfWork.manager.query<Record<string, number | string | null>[]>(sql, values);
    return {
      all: { keys: Number(row!.all_keys), bytes: Number(row!.all_bytes) },
      own: { keys: Number(row!.own_keys), bytes: Number(row!.own_bytes) },
      oldest: String(row!.oldest ?? time),
    };
  }

  /** Finds at most `limit` stored errors of an account: those of the token first, each group oldest first. */
  async findErrors(accountId: AccountId, tokenId: string, limit: number): Promise<StoredKey[]> {
    return this.rows
      .createQueryBuilder('stored')
      .select(['stored.id', 'stored.storedBytes'])
      .where('stored.accountId = :accountId AND stored.status >= :error')
      .orderBy('CASE WHEN stored.tokenId = :tokenId THEN 0 ELSE 1 END')
      .addOrderBy('stored.createdAt')
      .setParameters({ accountId, tokenId, error: FIRST_ERROR_STATUS })
      .limit(limit)
      .getMany();
  }

  /** Returns the accounts that have expired keys. */
  async findAccountsWithExpired({ success, error }: Expiry): Promise<string[]> {
    const sql =
      'SELECT DISTINCT account_id AS id FROM idempotency_keys WHERE created_at < ? OR (created_at < ? AND status >= ?)';
    const values = [success, error, FIRST_ERROR_STATUS];
    const rows = await this.unitOfWork.manager.query<{ id: string }[]>(sql, values);
    return rows.map(({ id }) => id);
  }

  /** Finds at most `limit` expired keys of an account, or the one with this id if it is expired. */
  async findExpired(
    accountId: AccountId,
    { success, error }: Expiry,
    limit: number,
    id?: string,
  ): Promise<StoredKey[]> {
    const key = { accountId, ...(id !== undefined && { id }) };
    const expiredError = { createdAt: LessThan(error), status: MoreThanOrEqual(FIRST_ERROR_STATUS) };
    return this.rows.find({
      select: { id: true, storedBytes: true },
      where: [
        { ...key, createdAt: LessThan(success) },
        { ...key, ...expiredError },
      ],
      take: limit,
    });
  }

  async delete(keys: readonly StoredKey[]): Promise<void> {
    await this.rows.delete({ id: In(keys.map(({ id }) => id)) });
  }
}

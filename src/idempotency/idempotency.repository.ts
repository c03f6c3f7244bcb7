import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan } from 'typeorm';
import { findRow, insertRows, tryInsertRow } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { IdempotencyKey } from './idempotency-key.entity';
import { IdempotencyResponsePart } from './idempotency-response-part.entity';
import type { PackedResponse } from './packed-response';

/** A key and the bytes that its deletion frees. */
export type StoredKey = Pick<IdempotencyKey, 'id' | 'storedBytes'>;

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

  /** Returns how many keys an account has since `time`, and when the oldest of them was created. */
  async countSince(accountId: string, time: string): Promise<{ count: number; oldest: string }> {
    const sql =
      'SELECT COUNT(*) AS count, MIN(created_at) AS oldest FROM idempotency_keys WHERE account_id = ? AND created_at >= ?';
    const [row] = await this.unitOfWork.manager.query<{ count: number | string; oldest: string | null }[]>(
      sql,
      [accountId, time],
    );
    return { count: Number(row!.count), oldest: row!.oldest ?? time };
  }

  /** Returns the accounts that have keys from before `time`. */
  async findAccountsBefore(time: string): Promise<string[]> {
    const sql = 'SELECT DISTINCT account_id AS id FROM idempotency_keys WHERE created_at < ?';
    const rows = await this.unitOfWork.manager.query<{ id: string }[]>(sql, [time]);
    return rows.map(({ id }) => id);
  }

  /** Finds at most `limit` keys of an account from before `time`. */
  async findBefore(accountId: string, time: string, limit: number): Promise<StoredKey[]> {
    return this.rows.find({
      select: { id: true, storedBytes: true },
      where: { accountId, createdAt: LessThan(time) },
      take: limit,
    });
  }

  /** Returns false if another request has deleted one of the keys. */
  async delete(keys: readonly StoredKey[]): Promise<boolean> {
    return (await this.rows.delete({ id: In(keys.map(({ id }) => id)) })).affected === keys.length;
  }
}

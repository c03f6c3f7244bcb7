import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan } from 'typeorm';
import { findRow, insertRows, tryInsertRow } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { IdempotencyKey } from './idempotency-key.entity';
import { IdempotencyResponsePart } from './idempotency-response-part.entity';
import type { PackedResponse } from './packed-response';

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
    status: number,
    { text, parts }: PackedResponse,
  ): Promise<boolean> {
    if ((await this.rows.update({ id, claimedBy }, { status, response: text })).affected !== 1) return false;
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

  /** Deletes at most `limit` keys, so that locks are short. Returns the number of deleted keys. */
  async deleteCreatedBefore(time: string, limit: number): Promise<number> {
    const old = await this.rows.find({
      select: { id: true },
      where: { createdAt: LessThan(time) },
      take: limit,
    });
    if (old.length > 0) await this.rows.delete({ id: In(old.map(({ id }) => id)) });
    return old.length;
  }

  async delete(id: string): Promise<void> {
    await this.rows.delete({ id });
  }
}

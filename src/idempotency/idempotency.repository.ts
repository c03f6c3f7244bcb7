import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan } from 'typeorm';
import { isUniqueViolation } from '../database/database-errors';
import { findRow, insertRows } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { IdempotencyKey } from './idempotency-key.entity';

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  private get rows() {
    return this.unitOfWork.manager.getRepository(IdempotencyKey);
  }

  /** False where the key is there already. */
  async tryInsert(key: IdempotencyKey): Promise<boolean> {
    try {
      await insertRows(this.unitOfWork.manager, IdempotencyKey, [key]);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async find(id: string): Promise<IdempotencyKey | null> {
    return findRow(this.unitOfWork.manager, IdempotencyKey, { id });
  }

  /** Takes over a lapsed claim; false where another request was faster, or the first one came to its end after all. */
  async takeOver(id: string, from: string, to: string, claimedUntil: string): Promise<boolean> {
    const lapsed = { id, claimedBy: from, status: IsNull() };
    const result = await this.rows.update(lapsed, { claimedBy: to, claimedUntil });
    return result.affected === 1;
  }

  /** False where the claim has been taken over. */
  async complete(id: string, claimedBy: string, status: number, response: string): Promise<boolean> {
    return (await this.rows.update({ id, claimedBy }, { status, response })).affected === 1;
  }

  /** Leaves a stored answer alone: the work was committed, though its acknowledgement was lost. */
  async release(id: string, claimedBy: string): Promise<void> {
    await this.rows.delete({ id, claimedBy, status: IsNull() });
  }

  /** At most `limit` of them, so that no lock is held for long. How many there were. */
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

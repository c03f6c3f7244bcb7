import { Injectable } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { insertRows } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { AuditEvent } from './audit-event.entity';

@Injectable()
export class AuditRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(events: readonly AuditEvent[]): Promise<void> {
    await insertRows(this.unitOfWork.manager, AuditEvent, events);
  }

  /**
   * Deletes at most `limit` events that are older than `time`. Returns their number. The DELETE names primary keys, so
   * that it locks no gap in which a writer inserts.
   */
  async deleteBefore(time: string, limit: number): Promise<number> {
    const rows = this.unitOfWork.manager.getRepository(AuditEvent);
    const old = await rows.find({
      select: { id: true },
      where: { at: LessThan(time) },
      order: { at: 'ASC' },
      take: limit,
    });
    if (old.length > 0) await rows.delete({ id: In(old.map(({ id }) => id)) });
    return old.length;
  }

  /** Returns events newest first. `before` is the id of the last event on the previous page. */
  async list(accountId: string, before: string | null, limit: number): Promise<AuditEvent[]> {
    return this.unitOfWork.manager.getRepository(AuditEvent).find({
      where: before ? { accountId, id: LessThan(before) } : { accountId },
      order: { id: 'DESC' },
      take: limit,
    });
  }
}

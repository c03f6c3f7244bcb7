import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { insertRows } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { AuditEvent } from './audit-event.entity';

@Injectable()
export class AuditRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(event: AuditEvent): Promise<void> {
    await insertRows(this.unitOfWork.manager, AuditEvent, [event]);
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

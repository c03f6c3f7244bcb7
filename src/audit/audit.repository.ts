import { Injectable } from '@nestjs/common';
import { In, LessThan, LessThanOrEqual } from 'typeorm';
import { insertRows } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { AuditEvent } from './audit-event.entity';

/** Events whose bytes one statement adds up. */
const SUM_BATCH = 2000;

/** Sorts after every id. */
const LAST_ID = 'g';

@Injectable()
export class AuditRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  private get rows() {
    return this.unitOfWork.manager.getRepository(AuditEvent);
  }

  async insert(events: readonly AuditEvent[]): Promise<void> {
    await insertRows(this.unitOfWork.manager, AuditEvent, events);
  }

  /**
   * Deletes at most `limit` events that are older than `time`. Returns their number. The DELETE names primary keys, so
   * that it locks no gap in which a writer inserts.
   */
  async deleteBefore(time: string, limit: number): Promise<number> {
    return this.delete(
      await this.rows.find({
        select: { id: true },
        where: { at: LessThan(time) },
        order: { at: 'ASC' },
        take: limit,
      }),
    );
  }

  /** Deletes at most `limit` events of an account, oldest first, up to the one with the id `last`. Returns their number. */
  async deleteThrough(accountId: string, last: string, limit: number): Promise<number> {
    const where = { accountId, id: LessThanOrEqual(last) };
    return this.delete(
      await this.rows.find({ select: { id: true }, where, order: { id: 'ASC' }, take: limit }),
    );
  }

  async listAccountIds(): Promise<string[]> {
    const rows = await this.unitOfWork.manager.query<{ id: string }[]>('SELECT id FROM accounts ORDER BY id');
    return rows.map(({ id }) => id);
  }

  /**
   * Returns the newest event that exceeds `maxBytes` together with all newer ones of the account. Returns null if all
   * events fit. Adds up a batch per statement, so that no statement takes long.
   */
  async findExcess(accountId: string, maxBytes: number): Promise<Pick<AuditEvent, 'id' | 'at'> | null> {
    let room = maxBytes;
    let before = LAST_ID;
    for (;;) {
      const batch = await this.sumBefore(accountId, before);
      if (batch.first === null) return null;
      if (batch.bytes > room) return this.findExcessInBatch(accountId, before, room);
      room -= batch.bytes;
      before = batch.first;
    }
  }

  /**
   * Adds up the newest events before `id`. Reads only the index. With `account_id = ?`, MariaDB reads all events of the
   * account and filters by id, so the statement names a range of both columns.
   */
  private async sumBefore(accountId: string, id: string): Promise<{ first: string | null; bytes: number }> {
    const sql = `SELECT MIN(id) AS first, SUM(stored_bytes) AS bytes FROM
      (SELECT id, stored_bytes FROM audit_events WHERE account_id >= ? AND account_id <= ? AND id >= '0' AND id < ?
        ORDER BY account_id DESC, id DESC LIMIT ${SUM_BATCH}) AS batch`;
    type Row = { first: string | null; bytes: number | string | null };
    const [row] = await this.unitOfWork.manager.query<Row[]>(sql, [accountId, accountId, id]);
    return { first: row!.first, bytes: Number(row!.bytes) };
  }

  private async findExcessInBatch(
    accountId: string,
    before: string,
    maxBytes: number,
  ): Promise<Pick<AuditEvent, 'id' | 'at'>> {
    const events = await this.rows.find({
      select: { id: true, at: true, storedBytes: true },
      where: { accountId, id: LessThan(before) },
      order: { id: 'DESC' },
      take: SUM_BATCH,
    });
    let bytes = 0;
    return events.find((event) => (bytes += event.storedBytes) > maxBytes)!;
  }

  private async delete(events: readonly Pick<AuditEvent, 'id'>[]): Promise<number> {
    if (events.length > 0) await this.rows.delete({ id: In(events.map(({ id }) => id)) });
    return events.length;
  }

  /** Returns events newest first. `before` is the id of the last event on the previous page. */
  async list(accountId: string, before: string | null, limit: number): Promise<AuditEvent[]> {
    return this.rows.find({
      where: before ? { accountId, id: LessThan(before) } : { accountId },
      order: { id: 'DESC' },
      take: limit,
    });
  }
}

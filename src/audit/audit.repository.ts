import { Injectable } from '@nestjs/common';
import { In, LessThan, LessThanOrEqual } from 'typeorm';
import { yieldIfLong } from '../common/yield-if-long';
import { boundedByAccount, findRowsWhere, insertRows } from '../database/rows';
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
      // SQLite runs statements synchronously.
      await yieldIfLong();
    }
  }

  /** Adds up the newest events before `id`. Reads only the index. */
  private async sumBefore(accountId: string, id: string): Promise<{ first: string | null; bytes: number }> {
    const sql = `SELECT MIN(id) AS first, SUM(stored_bytes) AS bytes FROM
      (SELECT id, stored_bytes FROM audit_events WHERE ${this.newestBefore(SUM_BATCH)}) AS batch`;
    type Row = { first: string | null; bytes: number | string | null };
    const [row] = await this.unitOfWork.manager.query<Row[]>(sql, [accountId, accountId, id]);
    return { first: row!.first, bytes: Number(row!.bytes) };
  }

  private async findExcessInBatch(
    accountId: string,
    before: string,
    maxBytes: number,
  ): Promise<Pick<AuditEvent, 'id' | 'at'>> {
    const sql = `SELECT id, at, stored_bytes AS bytes FROM audit_events WHERE ${this.newestBefore(SUM_BATCH)}`;
    type Row = { id: string; at: string; bytes: number };
    const events = await this.unitOfWork.manager.query<Row[]>(sql, [accountId, accountId, before]);
    let sum = 0;
    const { id, at } = events.find(({ bytes }) => (sum += bytes) > maxBytes)!;
    return { id, at };
  }

  private async delete(events: readonly Pick<AuditEvent, 'id'>[]): Promise<number> {
    if (events.length > 0) await this.rows.delete({ id: In(events.map(({ id }) => id)) });
    return events.length;
  }

  /** Returns events newest first. `before` is the id of the last event on the previous page. */
  list(accountId: string, before: string | null, limit: number): Promise<AuditEvent[]> {
    const values = [accountId, accountId, before ?? LAST_ID];
    return findRowsWhere(this.unitOfWork.managerOf(accountId), AuditEvent, this.newestBefore(limit), values);
  }

  /** Returns SQL for the newest events of an account before an id. It takes the account twice, then the id. */
  private newestBefore(limit: number): string {
    return `${boundedByAccount(this.unitOfWork.manager)} AND id < ? ORDER BY account_id DESC, id DESC LIMIT ${limit}`;
  }
}

import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work';
import type { SealedColumn } from './sealed-columns';
import type { SealedText } from './sealed-text';

/** One sealed value with its row. */
export interface SealedValue {
  readonly id: string;
  readonly accountId: string | null;
  readonly sealed: SealedText;
  readonly keyId: string;
  readonly version: number;
}

/** The number of values of a column that are sealed under a key. */
export interface KeyUse {
  readonly keyId: string;
  readonly rows: number;
}

/** Reads and replaces the values of any sealed column. Table and column names are constants of the code. */
@Injectable()
export class SealedColumnRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async countByKey(column: SealedColumn): Promise<KeyUse[]> {
    const { table, sealedColumn, keyIdColumn } = column;
    const found = await this.select<{ key_used: string; row_count: number | string }>(
      `SELECT ${keyIdColumn} AS key_used, COUNT(*) AS row_count FROM ${table}
       WHERE ${sealedColumn} IS NOT NULL GROUP BY ${keyIdColumn}`,
      [],
    );
    return found.map((use) => ({ keyId: use.key_used, rows: Number(use.row_count) }));
  }

  /** Returns the next values that are not sealed under `keyId`, in the order of their ids after `afterId`. */
  async findOthers(
    column: SealedColumn,
    keyId: string,
    afterId: string,
    limit: number,
  ): Promise<SealedValue[]> {
    const { table, idColumn, accountColumn, sealedColumn, keyIdColumn, versionColumn } = column;
    const found = await this.select<Record<'row_id' | 'sealed_text' | 'key_used', string> & RawRow>(
      `SELECT ${idColumn} AS row_id, ${accountColumn ?? 'NULL'} AS owner, ${sealedColumn} AS sealed_text,
              ${keyIdColumn} AS key_used, ${versionColumn} AS seal_version
       FROM ${table}
       WHERE ${sealedColumn} IS NOT NULL AND ${keyIdColumn} <> ? AND ${idColumn} > ?
       ORDER BY ${idColumn} LIMIT ${Math.trunc(limit)}`,
      [keyId, afterId],
    );
    return found.map((row) => ({
      id: row.row_id,
      accountId: row.owner,
      sealed: row.sealed_text as SealedText,
      keyId: row.key_used,
      version: Number(row.seal_version),
    }));
  }

  /** Replaces a value by compare-and-swap. Returns false if the row has changed since it was read. */
  async replace(column: SealedColumn, row: SealedValue, sealed: SealedText, keyId: string): Promise<boolean> {
    const { table, idColumn, accountColumn, sealedColumn, keyIdColumn, versionColumn } = column;
    const owned = accountColumn ? ` AND ${accountColumn} = ?` : '';
    const sql = `UPDATE ${table} SET ${sealedColumn} = ?, ${keyIdColumn} = ?
      WHERE ${idColumn} = ? AND ${keyIdColumn} = ? AND ${versionColumn} = ? AND ${sealedColumn} = ?${owned}`;
    const parameters = [sealed, keyId, row.id, row.keyId, row.version, row.sealed];
    if (accountColumn) parameters.push(row.accountId as string);
    return this.unitOfWork.run(async () => {
      const runner = this.unitOfWork.manager.queryRunner;
      if (!runner) throw new Error('A transaction has a query runner');
      const { affected } = await runner.query(sql, parameters, true);
      return Number(affected) === 1;
    });
  }

  private select<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.unitOfWork.manager.query<Row[]>(sql, parameters);
  }
}

interface RawRow {
  readonly owner: string | null;
  readonly seal_version: number | string;
}

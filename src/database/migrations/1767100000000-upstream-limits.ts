import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isMysql } from './portable-table';

/** A column of text and its length before and after. */
const WIDENED = [
  { table: 'provider_models', column: 'model', before: 200, after: 512 },
  { table: 'audit_events', column: 'resource_name', before: 401, after: 713 },
] as const;

/**
 * Lets the names of models have 512 characters, and adds what tests found about the protocol of an endpoint. The way back
 * fails on MySQL and MariaDB while a longer name is stored.
 */
export class UpstreamLimits1767100000000 implements MigrationInterface {
  name = 'UpstreamLimits1767100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE providers ADD COLUMN learned_protocol varchar(24)');
    for (const { table, column, before, after } of WIDENED)
      await changeLength(queryRunner, table, column, before, after);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { table, column, before, after } of WIDENED)
      await changeLength(queryRunner, table, column, after, before);
    await queryRunner.query('ALTER TABLE providers DROP COLUMN learned_protocol');
  }
}

async function changeLength(
  queryRunner: QueryRunner,
  table: string,
  column: string,
  from: number,
  to: number,
): Promise<void> {
  if (isMysql(queryRunner)) {
    await queryRunner.query(`ALTER TABLE ${table} MODIFY ${column} varchar(${to}) NOT NULL`);
    return;
  }
  // SQLite does not enforce lengths, and its only other way copies the table, which deletes rows by foreign key.
  await queryRunner.query('PRAGMA writable_schema = ON');
  await queryRunner.query(
    `UPDATE sqlite_schema SET sql = replace(sql, '"${column}" varchar(${from})', '"${column}" varchar(${to})')
     WHERE type = 'table' AND name = '${table}'`,
  );
  await queryRunner.query('PRAGMA writable_schema = RESET');
}

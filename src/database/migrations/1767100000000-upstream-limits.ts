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
    for (const { table, column, after } of WIDENED) await changeLength(queryRunner, table, column, after);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { table, column, before } of WIDENED) await changeLength(queryRunner, table, column, before);
    await queryRunner.query('ALTER TABLE providers DROP COLUMN learned_protocol');
  }
}

async function changeLength(
  queryRunner: QueryRunner,
  table: string,
  column: string,
  length: number,
): Promise<void> {
  const type = `varchar(${length}) NOT NULL DEFAULT ''`;
  if (isMysql(queryRunner)) {
    await queryRunner.query(`ALTER TABLE ${table} MODIFY ${column} ${type}`);
    return;
  }
  // SQLite cannot change a column, and a copy of the table would delete rows of other tables by foreign key.
  await queryRunner.query(`ALTER TABLE ${table} ADD COLUMN ${column}_new ${type}`);
  await queryRunner.query(`UPDATE ${table} SET ${column}_new = ${column}`);
  await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  await queryRunner.query(`ALTER TABLE ${table} RENAME COLUMN ${column}_new TO ${column}`);
}

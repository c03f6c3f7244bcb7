import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isMysql } from './portable-table';
import { addColumn, dropColumn } from './repeatable-steps';

const MAX_EARLIER_NAME = 200;

const LEARNED_PROTOCOL = 'learned_protocol varchar(24)';

/**
 * Lets the names of models have 512 characters, and adds what tests found about the protocol of an endpoint. Can be repeated
 * after an interruption at any statement. On MySQL and MariaDB, the way back changes nothing while a longer name is stored.
 * It leaves `audit_events.resource_name` as it is, because the earlier version only writes shorter names there, and events
 * with longer ones cannot be deleted.
 */
export class UpstreamLimits1767100000000 implements MigrationInterface {
  name = 'UpstreamLimits1767100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'providers', LEARNED_PROTOCOL);
    await changeLength(queryRunner, 'provider_models', 'model', 512);
    await changeLength(queryRunner, 'audit_events', 'resource_name', 713);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    if (isMysql(queryRunner)) await assertShortNames(queryRunner);
    await changeLength(queryRunner, 'provider_models', 'model', MAX_EARLIER_NAME);
    await dropColumn(queryRunner, 'providers', LEARNED_PROTOCOL);
  }
}

async function assertShortNames(queryRunner: QueryRunner): Promise<void> {
  const find = `SELECT COUNT(*) AS count FROM provider_models WHERE CHAR_LENGTH(model) > ${MAX_EARLIER_NAME}`;
  const [{ count }] = (await queryRunner.query(find)) as [{ count: number | string }];
  if (Number(count) === 0) return;
  throw new Error(
    `The earlier schema has no room for ${count} models whose names have more than ${MAX_EARLIER_NAME} characters. Delete or rename them first.`,
  );
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

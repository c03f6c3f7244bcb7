import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { isMysql } from './portable-table';

const TABLE = 'audit_events';

/**
 * Adds the bytes of each audit event. ExistingStoredBytes1766600000000 counts those of existing events. The index contains
 * them, because adding up an account's bytes must not read its events. Uses plain SQL, because TypeORM copies the whole
 * table on SQLite.
 */
export class AuditEventBytes1766500000000 implements MigrationInterface {
  name = 'AuditEventBytes1766500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const integer = isMysql(queryRunner) ? 'int' : 'integer';
    await queryRunner.query(`ALTER TABLE ${TABLE} ADD COLUMN stored_bytes ${integer} NOT NULL DEFAULT 0`);
    await replaceIndex(queryRunner, ['account_id', 'id', 'stored_bytes']);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replaceIndex(queryRunner, ['account_id', 'id']);
    await queryRunner.query(`ALTER TABLE ${TABLE} DROP COLUMN stored_bytes`);
  }
}

async function replaceIndex(queryRunner: QueryRunner, columnNames: string[]): Promise<void> {
  const index = new TableIndex({ name: 'ix_audit_events_account', columnNames });
  await queryRunner.dropIndex(TABLE, index);
  await queryRunner.createIndex(TABLE, index);
}

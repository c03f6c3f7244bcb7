import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';
import { cascadeTo, column } from './portable-table';

/** Adds the index that retention of audit events needs, the parts of long responses, and when a key was retired. */
export class BoundedTables1766200000000 implements MigrationInterface {
  name = 'BoundedTables1766200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const { digest, integer, json, time } = column(queryRunner);
    const key = { isPrimary: true };
    await queryRunner.createIndex(
      'audit_events',
      new TableIndex({ name: 'ix_audit_events_at', columnNames: ['at'] }),
    );
    await queryRunner.createTable(
      new Table({
        name: 'idempotency_response_parts',
        columns: [{ ...digest('key_id'), ...key }, { ...integer('position'), ...key }, json('content')],
        foreignKeys: [cascadeTo('idempotency_keys', 'key_id', 'fk_idempotency_response_parts_key')],
      }),
    );
    await queryRunner.addColumn('key_canaries', new TableColumn({ ...time('retired_at'), isNullable: true }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn('key_canaries', 'retired_at');
    await queryRunner.dropTable('idempotency_response_parts');
    await queryRunner.dropIndex('audit_events', 'ix_audit_events_at');
  }
}

import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const TABLE = 'idempotency_keys';

/**
 * Adds the token that used each idempotency key, null for existing rows. The index contains every column that the limits
 * count, because reading rows would also read the stored responses. Uses plain SQL, because on SQLite TypeORM would copy
 * and drop the table, which deletes the parts of responses by foreign key.
 */
export class IdempotencyKeyToken1766400000000 implements MigrationInterface {
  name = 'IdempotencyKeyToken1766400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE ${TABLE} ADD COLUMN token_id varchar(36)`);
    await replaceIndex(queryRunner, ['account_id', 'created_at', 'token_id', 'status', 'stored_bytes']);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replaceIndex(queryRunner, ['account_id', 'created_at']);
    await queryRunner.query(`ALTER TABLE ${TABLE} DROP COLUMN token_id`);
  }
}

async function replaceIndex(queryRunner: QueryRunner, columnNames: string[]): Promise<void> {
  const index = new TableIndex({ name: 'ix_idempotency_keys_account', columnNames });
  await queryRunner.dropIndex(TABLE, index);
  await queryRunner.createIndex(TABLE, index);
}

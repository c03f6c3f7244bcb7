import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the token that last set a provider's `base_url`. Null for existing rows: no token has confirmed theirs. Uses plain
 * SQL, because on SQLite TypeORM copies and drops the table, and a revert then deletes the models by foreign key.
 */
export class BaseUrlOwner1766100000000 implements MigrationInterface {
  name = 'BaseUrlOwner1766100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE providers ADD COLUMN base_url_set_by varchar(36)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE providers DROP COLUMN base_url_set_by');
  }
}

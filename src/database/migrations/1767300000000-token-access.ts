import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isMysql } from './portable-table';
import { addColumn, dropColumn } from './repeatable-steps';

/**
 * Adds the models that a token may use, its tags, and whether its `x-caret-*` headers apply. Can be repeated after an
 * interruption at any statement. The way back lets every token use all models.
 */
export class TokenAccess1767300000000 implements MigrationInterface {
  name = 'TokenAccess1767300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const each of columns(queryRunner)) await addColumn(queryRunner, 'api_tokens', each);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const each of columns(queryRunner)) await dropColumn(queryRunner, 'api_tokens', each);
  }
}

function columns(queryRunner: QueryRunner): string[] {
  const flag = isMysql(queryRunner) ? 'tinyint' : 'boolean';
  return ['allowed_selectors mediumtext', 'tags mediumtext', `caret_headers ${flag} NOT NULL DEFAULT 1`];
}

import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const OLD = [
  index('ix_api_tokens_account', 'account_id'),
  index('ix_api_tokens_expiry', 'account_id', 'expires_at'),
];
const NEW = [
  index('ix_api_tokens_account_id', 'account_id', 'id'),
  index('ix_api_tokens_expires', 'expires_at'),
];

/** Replaces the indexes of tokens with those that the deletion of expired tokens and the pages of a list need. */
export class TokenRetention1766300000000 implements MigrationInterface {
  name = 'TokenRetention1766300000000';

  up(queryRunner: QueryRunner): Promise<void> {
    return replaceIndexes(queryRunner, OLD, NEW);
  }

  down(queryRunner: QueryRunner): Promise<void> {
    return replaceIndexes(queryRunner, NEW, OLD);
  }
}

function index(name: string, ...columnNames: string[]): TableIndex {
  return new TableIndex({ name, columnNames });
}

/** Creates the new indexes first, because MariaDB requires one for the foreign key to the account at all times. */
async function replaceIndexes(
  queryRunner: QueryRunner,
  before: readonly TableIndex[],
  after: readonly TableIndex[],
): Promise<void> {
  for (const each of after) await queryRunner.createIndex('api_tokens', each);
  for (const { name } of before) await queryRunner.dropIndex('api_tokens', name!);
}

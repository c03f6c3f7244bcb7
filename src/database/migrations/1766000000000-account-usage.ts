import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { isMysql } from './portable-table';

const COUNTERS = ['provider_count', 'model_count', 'registry_bytes', 'token_writes'];
const TABLES = ['providers', 'provider_models', 'idempotency_keys'];

/** Adds what each account stores. ExistingStoredBytes1766600000000 counts what is stored already. */
export class AccountUsage1766000000000 implements MigrationInterface {
  name = 'AccountUsage1766000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const run = (sql: string): Promise<unknown> => queryRunner.query(sql);
    // TypeORM's addColumn copies the whole table on SQLite.
    for (const counter of COUNTERS)
      await run(`ALTER TABLE accounts ADD COLUMN ${counter} bigint NOT NULL DEFAULT 0`);
    const integer = isMysql(queryRunner) ? 'int' : 'integer';
    for (const table of TABLES)
      await run(`ALTER TABLE ${table} ADD COLUMN stored_bytes ${integer} NOT NULL DEFAULT 0`);
    for (const [table, index] of indices()) await queryRunner.createIndex(table, index);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table, index] of indices()) await queryRunner.dropIndex(table, index);
    for (const table of TABLES) await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN stored_bytes`);
    for (const counter of COUNTERS) await queryRunner.query(`ALTER TABLE accounts DROP COLUMN ${counter}`);
  }
}

function indices(): [table: string, index: TableIndex][] {
  const index = (name: string, columnNames: string[]) => new TableIndex({ name, columnNames });
  return [
    ['idempotency_keys', index('ix_idempotency_keys_account', ['account_id', 'created_at'])],
    ['api_tokens', index('ix_api_tokens_expiry', ['account_id', 'expires_at'])],
  ];
}

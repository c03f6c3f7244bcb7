import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { isMysql } from './portable-table';

const COUNTERS = ['provider_count', 'model_count', 'registry_bytes', 'token_writes'];
const TABLES = ['providers', 'provider_models', 'idempotency_keys'];

/** Adds what each account stores, and counts what is stored already. */
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
    for (const sql of counting(isMysql(queryRunner))) await run(sql);
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

function counting(isOnMysql: boolean): string[] {
  const bytes = (column: string): string =>
    `COALESCE(LENGTH(${isOnMysql ? column : `CAST(${column} AS BLOB)`}), 0)`;
  const sum = (...columns: string[]): string => columns.map(bytes).join(' + ');
  const headers = `${bytes('sealed_headers')} - ${bytes('headers_key_id')}`;
  const apiKey = `${bytes('sealed_api_key')} - ${bytes('encryption_key_id')}`;
  const of = (value: string, table: string): string =>
    `(SELECT ${value} FROM ${table} WHERE account_id = accounts.id)`;
  const total = TABLES.map((table) => of('COALESCE(SUM(stored_bytes), 0)', table)).join(' + ');
  return [
    `UPDATE providers SET stored_bytes = ${sum('name', 'base_url', 'advanced_json')} + ${apiKey} + ${headers}`,
    `UPDATE provider_models SET stored_bytes = ${sum('model', 'tags', 'when_json', 'advanced_json')} + ${headers}`,
    `UPDATE idempotency_keys SET stored_bytes = ${bytes('response')}`,
    `UPDATE accounts SET provider_count = ${of('COUNT(*)', 'providers')}, model_count = ${of('COUNT(*)', 'provider_models')}, registry_bytes = ${total}`,
  ];
}

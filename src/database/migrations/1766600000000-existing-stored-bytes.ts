import type { MigrationInterface, QueryRunner } from 'typeorm';
import { yieldIfLong } from '../../common/yield-if-long';
import { isMysql } from './portable-table';

/** Rows per UPDATE. Galera rejects a transaction that writes more than 2 GiB (`wsrep_max_ws_size`). */
const BATCH_SIZE = 500;

const REGISTRY_TABLES = ['providers', 'provider_models', 'idempotency_keys'];

const AUDIT_TEXTS = [
  ...['id', 'account_id', 'at', 'token_id', 'token_name', 'action', 'resource_type', 'resource_id'],
  ...['resource_name', 'changes', 'trace_id'],
];

/**
 * Counts what existing rows store. Large tables take minutes, so this migration changes no schema and each batch commits
 * on its own. A process that was killed during the migration repeats it at the next start.
 */
export class ExistingStoredBytes1766600000000 implements MigrationInterface {
  name = 'ExistingStoredBytes1766600000000';
  transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, bytes] of storedBytes(queryRunner)) await setStoredBytes(queryRunner, table, bytes);
    await queryRunner.query(`UPDATE accounts SET ${counters()}`);
  }

  /** Earlier migrations remove the columns. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}

/** The tables, each with the bytes of a row. */
function storedBytes(queryRunner: QueryRunner): [table: string, bytes: string][] {
  const bytesOf = (column: string): string =>
    `COALESCE(LENGTH(${isMysql(queryRunner) ? column : `CAST(${column} AS BLOB)`}), 0)`;
  const bytes = (...columns: string[]): string => columns.map(bytesOf).join(' + ');
  const headers = `${bytes('sealed_headers')} - ${bytes('headers_key_id')}`;
  const apiKey = `${bytes('sealed_api_key')} - ${bytes('encryption_key_id')}`;
  return [
    ['providers', `${bytes('name', 'base_url', 'advanced_json')} + ${apiKey} + ${headers}`],
    ['provider_models', `${bytes('model', 'tags', 'when_json', 'advanced_json')} + ${headers}`],
    ['idempotency_keys', bytes('response')],
    ['audit_events', bytes(...AUDIT_TEXTS)],
  ];
}

async function setStoredBytes(queryRunner: QueryRunner, table: string, bytes: string): Promise<void> {
  const find = `SELECT MAX(id) AS last FROM (SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ${BATCH_SIZE}) AS batch`;
  const update = `UPDATE ${table} SET stored_bytes = ${bytes} WHERE id > ? AND id <= ?`;
  for (let before = ''; ;) {
    const [{ last }] = (await queryRunner.query(find, [before])) as [{ last: string | null }];
    if (last === null) return;
    await queryRunner.query(update, [before, last]);
    before = last;
    // SQLite runs statements synchronously, and liveness probes go on during a migration.
    await yieldIfLong();
  }
}

function counters(): string {
  const of = (value: string, table: string): string =>
    `(SELECT ${value} FROM ${table} WHERE account_id = accounts.id)`;
  const bytes = REGISTRY_TABLES.map((table) => of('COALESCE(SUM(stored_bytes), 0)', table)).join(' + ');
  return `provider_count = ${of('COUNT(*)', 'providers')}, model_count = ${of('COUNT(*)', 'provider_models')}, registry_bytes = ${bytes}`;
}

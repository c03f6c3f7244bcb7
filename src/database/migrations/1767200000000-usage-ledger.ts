import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { column, isMysql } from './portable-table';

const LATENCY_BOUNDS_MS = [
  100, 250, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000,
];

/**
 * Adds the ledger on MySQL and MariaDB. The ledger of an embedded database is a file of its own. Can be repeated after an
 * interruption at any statement.
 */
export class UsageLedger1767200000000 implements MigrationInterface {
  name = 'UsageLedger1767200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    if (!isMysql(queryRunner)) return;
    for (const table of tables(queryRunner)) await queryRunner.createTable(table, true);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    if (!isMysql(queryRunner)) return;
    for (const { name } of tables(queryRunner)) await queryRunner.query(`DROP TABLE IF EXISTS ${name}`);
  }
}

function tables(queryRunner: QueryRunner): Table[] {
  const { id, reference, digest, time, text, integer, counter, json } = column(queryRunner);
  const optional = (options: TableColumnOptions) => ({ ...options, isNullable: true });
  const key = (options: TableColumnOptions) => ({ ...options, isPrimary: true });
  const flag = (name: string): TableColumnOptions => ({ name, type: 'tinyint' });
  const money = (name: string, precision = 20): TableColumnOptions => ({
    name,
    type: 'decimal',
    precision,
    scale: 12,
  });
  const names = ['input', 'output', 'cache_write', 'cache_read', 'reasoning'].map((kind) => `${kind}_tokens`);
  return [
    new Table({
      name: 'usage_events',
      columns: [
        id,
        reference('account_id'),
        reference('request_id'),
        optional(text('client_request_id', 200)),
        integer('attempt'),
        flag('is_final'),
        reference('token_id'),
        text('token_name', 200),
        optional(reference('provider_id')),
        optional(text('provider_name', 200)),
        optional(reference('model_id')),
        optional(text('model', 512)),
        optional(text('upstream_model', 512)),
        optional(text('selector', 1024)),
        text('endpoint', 64),
        text('protocol_in', 32),
        optional(text('protocol_out', 32)),
        flag('stream'),
        text('status', 16),
        optional(integer('http_status')),
        optional(text('error_code', 64)),
        ...names.map((name) => optional(counter(name))),
        text('usage_source', 16),
        optional(json('usage')),
        optional(money('cost')),
        text('cost_state', 16),
        optional(money('multiplier', 24)),
        optional(counter('revision')),
        optional(text('upstream_request_id', 255)),
        optional(text('upstream_response_id', 512)),
        time('started_at'),
        optional(integer('ms_first_byte')),
        optional(integer('ms_first_content')),
        integer('ms_total'),
        counter('bytes_in'),
        counter('bytes_out'),
        optional(json('tags')),
        optional(json('warnings')),
      ],
      indices: [
        { name: 'ix_usage_events_final', columnNames: ['account_id', 'is_final', 'id'] },
        { name: 'ix_usage_events_request', columnNames: ['account_id', 'request_id'] },
      ],
    }),
    new Table({
      name: 'usage_hourly',
      columns: [
        key(reference('account_id')),
        key(time('hour')),
        key(reference('provider_id')),
        key(reference('model_id')),
        key(reference('token_id')),
        key(text('endpoint', 64)),
        key(text('status_class', 16)),
        text('provider_name', 200),
        text('model', 512),
        text('token_name', 200),
        counter('requests'),
        counter('attempts'),
        ...names.map(counter),
        money('cost', 30),
        money('cost_estimated', 30),
        counter('cost_unknown'),
        ...LATENCY_BOUNDS_MS.map((bound) => counter(`ms_${bound}`)),
      ],
      indices: [{ name: 'ix_usage_hourly_hour', columnNames: ['hour'] }],
    }),
    new Table({
      name: 'usage_journals',
      columns: [key(reference('journal_id')), integer('segment'), counter('byte_offset'), time('updated_at')],
    }),
    new Table({
      name: 'upstream_responses',
      columns: [
        key(reference('account_id')),
        key(digest('response_key')),
        reference('provider_id'),
        reference('model_id'),
        reference('token_id'),
        time('expires_at'),
      ],
      indices: [{ name: 'ix_upstream_responses_expiry', columnNames: ['expires_at'] }],
    }),
  ];
}

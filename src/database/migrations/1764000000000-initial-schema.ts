import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { cascadeTo, column, isMysql } from './portable-table';

/** Accounts, their tokens, providers and models; audit events; idempotency keys; key canaries and server secrets. */
export class InitialSchema1764000000000 implements MigrationInterface {
  name = 'InitialSchema1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Names and digests compare byte by byte on every engine, as on SQLite.
    if (isMysql(queryRunner))
      await queryRunner.query('ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
    for (const table of tables(queryRunner)) await queryRunner.createTable(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of tables(queryRunner).reverse()) await queryRunner.dropTable(name);
  }
}

function tables(queryRunner: QueryRunner): Table[] {
  const { id, reference, digest, time, text, integer, counter, decimal, json } = column(queryRunner);
  const optional = (options: TableColumnOptions): TableColumnOptions => ({ ...options, isNullable: true });
  const headers = [
    optional(json('sealed_headers')),
    optional(text('headers_key_id', 64)),
    integer('headers_version'),
  ];
  return [
    new Table({
      name: 'accounts',
      columns: [id, text('name', 200), counter('revision'), time('created_at')],
    }),
    new Table({
      name: 'api_tokens',
      columns: [
        id,
        reference('account_id'),
        text('name', 200),
        text('scopes', 255),
        digest('secret_hmac'),
        optional(digest('previous_secret_hmac')),
        optional(time('previous_valid_until')),
        text('format', 10),
        optional(time('expires_at')),
        optional(time('last_used_at')),
        time('created_at'),
      ],
      indices: [{ name: 'ix_api_tokens_account', columnNames: ['account_id'] }],
      foreignKeys: [cascadeTo('accounts', 'account_id', 'fk_api_tokens_account')],
    }),
    new Table({
      name: 'audit_events',
      columns: [
        id,
        reference('account_id'),
        time('at'),
        optional(reference('token_id')),
        text('token_name', 200),
        text('action', 64),
        text('resource_type', 32),
        reference('resource_id'),
        text('resource_name', 401),
        json('changes'),
        text('trace_id', 128),
      ],
      indices: [{ name: 'ix_audit_events_account', columnNames: ['account_id', 'id'] }],
    }),
    new Table({
      name: 'idempotency_keys',
      columns: [
        { ...digest('id'), isPrimary: true },
        reference('account_id'),
        digest('body_hmac'),
        reference('claimed_by'),
        time('claimed_until'),
        optional(integer('status')),
        optional(json('response')),
        time('created_at'),
      ],
      indices: [{ name: 'ix_idempotency_keys_created', columnNames: ['created_at'] }],
    }),
    new Table({
      name: 'key_canaries',
      columns: [{ ...text('key_id', 64), isPrimary: true }, json('sealed'), time('created_at')],
    }),
    new Table({
      name: 'server_secrets',
      columns: [
        { ...text('name', 64), isPrimary: true },
        json('sealed_value'),
        text('key_id', 64),
        integer('version'),
        time('created_at'),
      ],
    }),
    new Table({
      name: 'providers',
      columns: [
        id,
        reference('account_id'),
        text('name', 200),
        digest('name_key'),
        text('provider', 16),
        json('sealed_api_key'),
        text('encryption_key_id', 64),
        integer('secret_version'),
        text('key_prefix', 8),
        optional(text('base_url', 2048)),
        optional(text('openai_api_mode', 20)),
        optional(json('advanced_json')),
        ...headers,
        time('created_at'),
        time('updated_at'),
      ],
      indices: [{ name: 'uq_providers_name', columnNames: ['account_id', 'name_key'], isUnique: true }],
      foreignKeys: [cascadeTo('accounts', 'account_id', 'fk_providers_account')],
    }),
    new Table({
      name: 'provider_models',
      columns: [
        id,
        reference('account_id'),
        reference('provider_id'),
        text('model', 200),
        digest('model_key'),
        integer('priority'),
        optional(reference('default_of')),
        json('tags'),
        json('when_json'),
        json('advanced_json'),
        ...headers,
        decimal('multiplier'),
        optional(decimal('cost_per_1k_input')),
        optional(decimal('cost_per_1k_output')),
        optional(decimal('cost_per_1k_cache_write')),
        optional(decimal('cost_per_1k_cache_read')),
        time('created_at'),
        time('updated_at'),
      ],
      indices: [
        { name: 'uq_provider_models_model', columnNames: ['provider_id', 'model_key'], isUnique: true },
        { name: 'uq_provider_models_default', columnNames: ['default_of'], isUnique: true },
        { name: 'ix_provider_models_account', columnNames: ['account_id', 'provider_id'] },
      ],
      foreignKeys: [cascadeTo('providers', 'provider_id', 'fk_provider_models_provider')],
    }),
  ];
}

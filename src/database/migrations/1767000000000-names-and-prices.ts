import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { cascadeTo, column, isMysql } from './portable-table';
import { addColumn, dropColumn } from './repeatable-steps';

/** The bytes that a row without a sheet counts, as in `models/price-history.ts`. */
const ROW_BYTES = 256;

/**
 * Adds `enabled`, aliases and price sheets, the unique names of models, and the price history, which starts with the
 * stored prices. Can be repeated after an interruption at any statement: nobody reads or writes the tables until it ends, so
 * the copies start from empty tables.
 */
export class NamesAndPrices1767000000000 implements MigrationInterface {
  name = 'NamesAndPrices1767000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, columns] of addedColumns(isMysql(queryRunner))) {
      for (const each of columns) await addColumn(queryRunner, table, each);
    }
    for (const table of tables(queryRunner)) await queryRunner.createTable(table, true);
    for (const { name } of tables(queryRunner)) await queryRunner.query(`DELETE FROM ${name}`);
    for (const sql of COPIES) await queryRunner.query(sql);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of tables(queryRunner)) await queryRunner.query(`DROP TABLE IF EXISTS ${name}`);
    for (const [table, columns] of addedColumns(isMysql(queryRunner))) {
      for (const each of columns) await dropColumn(queryRunner, table, each);
    }
  }
}

function addedColumns(isOnMysql: boolean): [table: string, columns: string[]][] {
  const enabled = `enabled ${isOnMysql ? 'tinyint' : 'boolean'} NOT NULL DEFAULT 1`;
  return [
    ['accounts', ['past_price_bytes bigint NOT NULL DEFAULT 0']],
    ['providers', [enabled]],
    ['provider_models', [enabled, 'aliases mediumtext', 'pricing mediumtext']],
  ];
}

function tables(queryRunner: QueryRunner): Table[] {
  const { id, reference, digest, time, text, integer, decimal, json } = column(queryRunner);
  const key = { isPrimary: true };
  const optional = { isNullable: true };
  return [
    new Table({
      name: 'provider_model_names',
      columns: [
        { ...reference('provider_id'), ...key },
        { ...digest('name_key'), ...key },
        reference('model_id'),
      ],
      indices: [{ name: 'ix_provider_model_names_model', columnNames: ['model_id'] }],
      foreignKeys: [cascadeTo('provider_models', 'model_id', 'fk_provider_model_names_model')],
    }),
    new Table({
      name: 'model_prices',
      columns: [
        id,
        reference('account_id'),
        reference('model_id'),
        time('valid_from'),
        { ...time('valid_until'), ...optional },
        decimal('multiplier'),
        { ...decimal('cost_per_1k_input'), ...optional },
        { ...decimal('cost_per_1k_output'), ...optional },
        { ...decimal('cost_per_1k_cache_write'), ...optional },
        { ...decimal('cost_per_1k_cache_read'), ...optional },
        { ...json('pricing'), ...optional },
        text('source', 16),
        { ...reference('token_id'), ...optional },
        text('token_name', 200),
        integer('stored_bytes'),
      ],
      indices: [
        { name: 'ix_model_prices_model', columnNames: ['account_id', 'model_id', 'valid_from'] },
        { name: 'ix_model_prices_past', columnNames: ['account_id', 'valid_until'] },
      ],
      foreignKeys: [cascadeTo('accounts', 'account_id', 'fk_model_prices_account')],
    }),
  ];
}

const RATES =
  'multiplier, cost_per_1k_input, cost_per_1k_output, cost_per_1k_cache_write, cost_per_1k_cache_read';

/** A model's first price has the id of the model, because SQL cannot create a UUIDv7. */
const COPIES = [
  'INSERT INTO provider_model_names (provider_id, name_key, model_id) SELECT provider_id, model_key, id FROM provider_models',
  `INSERT INTO model_prices (id, account_id, model_id, valid_from, ${RATES}, source, token_name, stored_bytes)
   SELECT id, account_id, id, updated_at, ${RATES}, 'manual', 'upgrade', ${ROW_BYTES} FROM provider_models
   WHERE multiplier <> 1 OR cost_per_1k_input IS NOT NULL OR cost_per_1k_output IS NOT NULL
     OR cost_per_1k_cache_write IS NOT NULL OR cost_per_1k_cache_read IS NOT NULL`,
];

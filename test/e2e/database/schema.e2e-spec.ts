import { schema } from '../../../src/app/schema';
import { loadConfig } from '../../../src/config/config';
import { createDataSource } from '../../../src/database/create-data-source';
import { BaseUrlOwner1766100000000 } from '../../../src/database/migrations/1766100000000-base-url-owner';
import { NamesAndPrices1767000000000 } from '../../../src/database/migrations/1767000000000-names-and-prices';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import {
  ACCOUNT_ID,
  insertProviderWithModel,
  MODEL_ID,
  PROVIDER_ID,
} from '../../support/database/stored-provider';
import { undoMigrations } from '../../support/database/undo-migrations';

describe('the schema', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  async function connected() {
    const config = loadConfig(database.env);
    return createDataSource(config.database, 2, schema).initialize();
  }

  it('matches the entities after all migrations', async () => {
    const dataSource = await connected();
    await dataSource.runMigrations();
    const drift = await dataSource.driver.createSchemaBuilder().log();
    expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
    await dataSource.destroy();
  });

  it('can be migrated up, down to nothing, and up again', async () => {
    const dataSource = await connected();
    const tables = async () => {
      const runner = dataSource.createQueryRunner();
      const found = await runner.getTables(dataSource.entityMetadatas.map(({ tablePath }) => tablePath));
      await runner.release();
      return found.length;
    };
    await dataSource.runMigrations();
    expect(await tables()).toBe(schema.entities.length);
    await undoMigrations(dataSource, schema.migrations[0]!);
    expect(await tables()).toBe(0);
    await dataSource.runMigrations();
    expect(await tables()).toBe(schema.entities.length);
    await dataSource.destroy();
  });

  it('deletes models with their provider by foreign key', async () => {
    const dataSource = await connected();
    await dataSource.runMigrations();
    await insertProviderWithModel(dataSource);
    await dataSource.query('DELETE FROM providers WHERE id = ?', [PROVIDER_ID]);
    expect(await dataSource.query('SELECT id FROM provider_models')).toEqual([]);
    await dataSource.destroy();
  });

  it('keeps the rows of a provider and its models when `base_url_set_by` is added and removed', async () => {
    const dataSource = await connected();
    await dataSource.runMigrations();
    const rows = async () => [
      await dataSource.query('SELECT * FROM providers'),
      await dataSource.query('SELECT * FROM provider_models'),
    ];
    await insertProviderWithModel(dataSource);
    const before = await rows();
    await undoMigrations(dataSource, BaseUrlOwner1766100000000);
    const older = await rows();
    expect(older[0][0]).not.toHaveProperty('base_url_set_by');
    expect(before).toMatchObject(older);
    await dataSource.runMigrations();
    expect(await rows()).toEqual(before);
    await dataSource.destroy();
  });

  it('starts the names and the price history with the stored models', async () => {
    const dataSource = await connected();
    await dataSource.runMigrations();
    await undoMigrations(dataSource, NamesAndPrices1767000000000);
    await insertProviderWithModel(dataSource);
    await dataSource.runMigrations();
    expect(await dataSource.query('SELECT * FROM provider_model_names')).toEqual([
      { provider_id: PROVIDER_ID, name_key: 'k', model_id: MODEL_ID },
    ]);
    expect(await dataSource.query('SELECT * FROM model_prices')).toEqual([]);
    await undoMigrations(dataSource, NamesAndPrices1767000000000);
    await dataSource.query('UPDATE provider_models SET cost_per_1k_output = 0.015');
    await dataSource.runMigrations();
    const [price] = await dataSource.query('SELECT * FROM model_prices');
    expect(price).toMatchObject({
      account_id: ACCOUNT_ID,
      model_id: MODEL_ID,
      valid_until: null,
      source: 'manual',
    });
    expect([price.multiplier, price.cost_per_1k_output, price.cost_per_1k_input].map(Number)).toEqual([
      1, 0.015, 0,
    ]);
    await dataSource.destroy();
  });
});

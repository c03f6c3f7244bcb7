import { schema } from '../../../src/app/schema';
import { loadConfig } from '../../../src/config/config';
import { createDataSource } from '../../../src/database/create-data-source';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';

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
    for (let count = schema.migrations.length; count > 0; count--) {
      await dataSource.undoLastMigration({ transaction: 'none' });
    }
    expect(await tables()).toBe(0);
    await dataSource.runMigrations();
    expect(await tables()).toBe(schema.entities.length);
    await dataSource.destroy();
  });

  it('deletes models with their provider by foreign key', async () => {
    const dataSource = await connected();
    await dataSource.runMigrations();
    const id = (digit: string) => digit.repeat(36);
    const now = new Date().toISOString();
    await dataSource.query('INSERT INTO accounts (id, name, revision, created_at) VALUES (?, ?, 0, ?)', [
      id('a'),
      'a',
      now,
    ]);
    await dataSource.query(
      `INSERT INTO providers (id, account_id, name, name_key, provider, sealed_api_key, encryption_key_id, secret_version, key_prefix, headers_version, created_at, updated_at)
       VALUES (?, ?, 'p', 'k', 'openai', 's', 'kid', 1, '', 0, ?, ?)`,
      [id('b'), id('a'), now, now],
    );
    await dataSource.query(
      `INSERT INTO provider_models (id, account_id, provider_id, model, model_key, priority, tags, when_json, advanced_json, headers_version, multiplier, created_at, updated_at)
       VALUES (?, ?, ?, 'm', 'k', 0, '[]', '{}', '{}', 0, 1, ?, ?)`,
      [id('c'), id('a'), id('b'), now, now],
    );
    await dataSource.query('DELETE FROM providers WHERE id = ?', [id('b')]);
    expect(await dataSource.query('SELECT id FROM provider_models')).toEqual([]);
    await dataSource.destroy();
  });
});

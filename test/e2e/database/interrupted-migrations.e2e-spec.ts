import type { DataSource } from 'typeorm';
import { schema } from '../../../src/app/schema';
import { loadConfig } from '../../../src/config/config';
import { createDataSource } from '../../../src/database/create-data-source';
import { NamesAndPrices1767000000000 } from '../../../src/database/migrations/1767000000000-names-and-prices';
import { UpstreamLimits1767100000000 } from '../../../src/database/migrations/1767100000000-upstream-limits';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';
import { insertProviderWithModel } from '../../support/database/stored-provider';
import { undoMigrations } from '../../support/database/undo-migrations';

const TABLES = [
  'accounts',
  'api_tokens',
  'providers',
  'provider_models',
  'provider_model_names',
  'model_prices',
  'audit_events',
];
const CHANGE = /^\s*(ALTER|CREATE|DROP|INSERT|UPDATE|DELETE)\b/i;
const STOP = 'the process was stopped';

describe('migrations that are interrupted', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await createDataSource(loadConfig(database.env).database, 2, schema).initialize();
    // TypeORM prints each stop.
    jest.spyOn(console, 'log').mockReturnValue(undefined);
    await dataSource.runMigrations();
    await insertProviderWithModel(dataSource);
    await dataSource.query('UPDATE provider_models SET cost_per_1k_output = 0.015');
    await undoMigrations(dataSource, NamesAndPrices1767000000000);
    await dataSource.runMigrations();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Returns the columns, indices and rows of every table that the migrations change. */
  async function readAll(): Promise<unknown> {
    const runner = dataSource.createQueryRunner();
    const found: unknown[] = [];
    for (const name of TABLES) {
      const table = (await runner.getTable(name))!;
      const columns = table.columns.map((column) => [
        column.name,
        column.type,
        column.length,
        column.isNullable,
        column.default,
      ]);
      const names = [...table.indices, ...table.foreignKeys].map((each) => each.name);
      const rows = await dataSource.query(`SELECT * FROM ${name}`);
      found.push([name, columns.sort(), names.sort(), rows]);
    }
    await runner.release();
    return found;
  }

  /** Fails after `count` changes, as if the process had been stopped there. Returns whether it did. */
  async function stopsAfter(count: number, work: () => Promise<unknown>): Promise<boolean> {
    const { driver } = dataSource;
    const create = driver.createQueryRunner.bind(driver);
    let changes = 0;
    driver.createQueryRunner = (mode) => {
      const runner = create(mode);
      const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
      const stopping = async (sql: string, ...rest: unknown[]): Promise<unknown> => {
        const result = await query(sql, ...rest);
        if (CHANGE.test(sql) && ++changes === count) throw new Error(STOP);
        return result;
      };
      return Object.assign(runner, { query: stopping });
    };
    try {
      await work();
      return false;
    } catch (error) {
      if (error instanceof Error && error.message === STOP) return true;
      throw error;
    } finally {
      driver.createQueryRunner = create;
    }
  }

  /** InnoDB keeps dropped columns until a table is rebuilt, and one row has room for about twenty of them. */
  async function rebuildTables(): Promise<void> {
    if (engine !== 'mariadb') return;
    for (const table of ['accounts', 'api_tokens', 'providers', 'provider_models'])
      await dataSource.query(`ALTER TABLE ${table} FORCE`);
  }

  it('start again after every statement', async () => {
    const whole = await readAll();
    let stops = 0;
    do {
      await undoMigrations(dataSource, NamesAndPrices1767000000000);
      stops += 1;
    } while (await stopAndRepeat(stops, whole));
    expect(stops).toBeGreaterThan(12);
  });

  async function stopAndRepeat(count: number, whole: unknown): Promise<boolean> {
    await rebuildTables();
    const stopped = await stopsAfter(count, () => dataSource.runMigrations());
    await dataSource.runMigrations();
    expect([count, await readAll()]).toEqual([count, whole]);
    return stopped;
  }

  it('go back after every statement', async () => {
    const whole = await readAll();
    for (let count = 1, stopped = true; stopped; count++) {
      await rebuildTables();
      stopped = await stopsAfter(count, undoAll);
      if (stopped) await undoAll();
      await dataSource.runMigrations();
      expect([count, await readAll()]).toEqual([count, whole]);
    }
  });

  async function undoAll(): Promise<void> {
    const { migrations } = schema;
    const executed = async () =>
      (await dataSource.query<{ name: string }[]>('SELECT name FROM migrations')).map(({ name }) => name);
    while ((await executed()).length > migrations.indexOf(NamesAndPrices1767000000000))
      await dataSource.undoLastMigration();
  }

  it('change nothing on the way back while a name is too long for the earlier schema', async () => {
    const long = 'm'.repeat(512);
    await dataSource.query('UPDATE provider_models SET model = ?', [long]);
    const before = await readAll();
    const undo = () => undoMigrations(dataSource, UpstreamLimits1767100000000);
    if (engine === 'mariadb') {
      await expect(undo()).rejects.toThrow('1 models whose names have more than 200 characters');
      await dataSource.runMigrations();
      expect(await readAll()).toEqual(before);
      await dataSource.query("UPDATE provider_models SET model = 'm'");
    }
    await undo();
    await dataSource.runMigrations();
    await dataSource.query('UPDATE provider_models SET model = ?', [long]);
    expect(await readAll()).toEqual(before);
  });
});

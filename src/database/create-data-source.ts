import { readFileSync } from 'node:fs';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import type { DatabaseConfig, DatabaseTls } from '../config/database-config';
import { guardMysql } from './guarded-mysql-query-runner';
import { DATABASE_DEADLINE_MS } from './pool-health';
import { serialiseSqlite } from './serial-sqlite-query-runner';
import { SqliteDatabase } from './sqlite-driver';

/** The entities and migrations, which only the top of the application knows. */
export interface DatabaseSchema {
  readonly entities: (new () => object)[];
  readonly migrations: (new () => MigrationInterface)[];
}

/** A data source that is safe under concurrency on either engine; not yet connected. */
export function createDataSource(
  database: DatabaseConfig,
  poolSize: number,
  schema: DatabaseSchema,
): DataSource {
  const dataSource = new DataSource(dataSourceOptions(database, poolSize, schema));
  if (database.kind === 'sqlite') {
    serialiseSqlite(dataSource);
    // SQLite takes any declared type; one with TEXT in its name has text affinity. MySQL's plain TEXT ends at 64 KB.
    dataSource.driver.supportedDataTypes.push('mediumtext');
  } else {
    guardMysql(dataSource);
  }
  return dataSource;
}

function dataSourceOptions(
  database: DatabaseConfig,
  poolSize: number,
  schema: DatabaseSchema,
): DataSourceOptions {
  const common = {
    ...schema,
    synchronize: false,
    migrationsRun: false,
    // TypeORM's own logger prints parameters, sealed keys and names among them.
    logging: false,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
  } as const;
  if (database.kind === 'sqlite') {
    return {
      ...common,
      type: 'better-sqlite3',
      driver: SqliteDatabase,
      database: database.file,
      prepareDatabase: (connection: SqliteDatabase) => {
        connection.pragma('journal_mode = WAL');
        connection.pragma('synchronous = FULL');
      },
    };
  }
  return {
    ...common,
    type: database.kind,
    url: database.url,
    charset: 'utf8mb4',
    timezone: 'Z',
    poolSize,
    // Later than the runner's own deadline, which also judges the server.
    connectTimeout: DATABASE_DEADLINE_MS + 1000,
    ssl: tlsOptions(database.tls),
    // A stack for each statement, in case it should fail, is a tenth of its cost; errors are told by code and place.
    trace: false,
    extra: { enableKeepAlive: true },
  };
}

function tlsOptions(tls: DatabaseTls) {
  if (tls === null) return undefined;
  // mysql2 checks the certificate's name only when told to.
  const verified = { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' };
  if (tls.authorities === 'system') return verified;
  return { ...verified, ca: readFileSync(tls.authorities.file, 'utf8') };
}

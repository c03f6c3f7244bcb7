import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { type DatabaseConfig, type DatabaseTls, MAX_PEM_BYTES } from '../config/database-config';
import { readSmallFile } from '../config/read-small-file';
import { guardMysql } from './guarded-mysql-query-runner';
import { DATABASE_DEADLINE_MS } from './pool-health';
import { serialiseSqlite } from './serial-sqlite-query-runner';
import { SqliteDatabase } from './sqlite-driver';

/** Every entity and migration. Only `app/` knows them all. */
export interface DatabaseSchema {
  readonly entities: (new () => object)[];
  readonly migrations: (new () => MigrationInterface)[];
}

/** Creates a data source that is safe under concurrency on both engines. It is not connected yet. */
export function createDataSource(
  database: DatabaseConfig,
  poolSize: number,
  schema: DatabaseSchema,
): DataSource {
  const dataSource = new DataSource(dataSourceOptions(database, poolSize, schema));
  if (database.kind === 'sqlite') {
    serialiseSqlite(dataSource);
    // Entities declare mediumtext, because MySQL's plain TEXT ends at 64 KB. SQLite gives it text affinity.
    dataSource.driver.supportedDataTypes.push('mediumtext');
  } else {
    guardMysql(dataSource, poolSize);
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
    migrationsTransactionMode: 'each',
    // TypeORM's logger prints parameters, which include names and sealed keys.
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
    // Longer than the deadline of the query runner, which must expire first because it also tracks the server's health.
    connectTimeout: DATABASE_DEADLINE_MS + 1000,
    ssl: tlsOptions(database.tls),
    // mysql2 would create a stack for every statement. Caret logs errors by code and place instead.
    trace: false,
    extra: { enableKeepAlive: true },
  };
}

function tlsOptions(tls: DatabaseTls) {
  if (tls === null) return undefined;
  // mysql2 verifies the certificate's name only with verifyIdentity.
  const verified = { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' };
  if (tls.authorities === 'system') return verified;
  return { ...verified, ca: readSmallFile(tls.authorities.file, MAX_PEM_BYTES).text };
}

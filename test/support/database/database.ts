import { createMariadbTestDatabase } from './database-mariadb';
import { createSqliteTestDatabase } from './database-sqlite';

export type Row = Record<string, unknown>;

/** An empty database for one application, with direct access that bypasses the application. */
export interface TestDatabase {
  readonly env: { readonly DATABASE_URL: string; readonly DATA_DIR: string };
  /** Runs a raw statement with `?` parameters, for assertions and manual edits. Returns no rows for a write. */
  query<T = Row>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** Returns every column of every row as text, for leak searches. Binary columns appear as Latin-1 and as hex. */
  dump(): Promise<string>;
  /** Returns the bytes of its files, with deleted rows, as Latin-1. Returns nothing for a server. */
  bytes(): Promise<string>;
  drop(): Promise<void>;
}

const serverUrl = process.env['CARET_TEST_MARIADB_URL'];

/**
 * The database of this Jest project, from `globals.testEngine` in its configuration. The server's variable is not
 * enough, because Jest's workers are shared by the projects and set it for all of them.
 */
export const engine: 'sqlite' | 'mariadb' =
  (globalThis as { testEngine?: 'sqlite' | 'mariadb' }).testEngine ?? (serverUrl ? 'mariadb' : 'sqlite');

export function createTestDatabase(): Promise<TestDatabase> {
  if (engine === 'sqlite') return createSqliteTestDatabase();
  if (!serverUrl)
    throw new Error(
      'CARET_TEST_MARIADB_URL is not set, because the global set-up of the project did not run',
    );
  return createMariadbTestDatabase(serverUrl);
}

import { createMariadbTestDatabase } from './database-mariadb';
import { createSqliteTestDatabase } from './database-sqlite';

export type Row = Record<string, unknown>;

/** A fresh, empty database for one application, with a second way in that bypasses the application. */
export interface TestDatabase {
  readonly env: { readonly DATABASE_URL: string; readonly DATA_DIR: string };
  /** Rows of a raw statement with `?` parameters, for assertions and edits by hand; none for a write. */
  query<T = Row>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** Every column of every row as text; of binary columns the bytes as Latin-1 and as hex. For leak searches. */
  dump(): Promise<string>;
  /** The bytes of its files as Latin-1, what was deleted among them; nothing where they are a server's. */
  bytes(): Promise<string>;
  drop(): Promise<void>;
}

const serverUrl = process.env['CARET_TEST_MARIADB_URL'];

/**
 * What this Jest project is about, from `globals.testEngine` in its configuration. The variable alone cannot tell:
 * Jest's workers are common to all projects, so when both run, both see the server.
 */
export const engine: 'sqlite' | 'mariadb' =
  (globalThis as { testEngine?: 'sqlite' | 'mariadb' }).testEngine ?? (serverUrl ? 'mariadb' : 'sqlite');

export function createTestDatabase(): Promise<TestDatabase> {
  if (engine === 'sqlite') return createSqliteTestDatabase();
  if (!serverUrl)
    throw new Error('CARET_TEST_MARIADB_URL is not set: the global set-up of the project did not run');
  return createMariadbTestDatabase(serverUrl);
}

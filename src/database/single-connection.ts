import type { DatabaseConfig } from '../config/database-config';
import { createDataSource } from './create-data-source';

type Parameters = readonly (string | number | null)[];
type Rows = Readonly<Record<string, unknown>>[];

/** A connection of its own to a database server, with the deadlines and settings of all others. Connects when it is used. */
export class SingleConnection {
  private readonly dataSource;

  constructor(database: DatabaseConfig & { kind: 'mysql' | 'mariadb' }) {
    this.dataSource = createDataSource(database, 1, { entities: [], migrations: [] });
  }

  /** Runs one statement. Returns no rows for a write. */
  async query(sql: string, parameters: Parameters = []): Promise<Rows> {
    await this.connect();
    return toRows(await this.dataSource.query<unknown>(sql, [...parameters]));
  }

  /** Runs `work` in a transaction, and rolls it back if it throws. */
  async transaction(work: (query: SingleConnection['query']) => Promise<void>): Promise<void> {
    await this.connect();
    await this.dataSource.transaction((manager) =>
      work(async (sql, parameters = []) => toRows(await manager.query<unknown>(sql, [...parameters]))),
    );
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async connect(): Promise<void> {
    if (!this.dataSource.isInitialized) await this.dataSource.initialize();
  }
}

function toRows(result: unknown): Rows {
  return Array.isArray(result) ? (result as Rows) : [];
}

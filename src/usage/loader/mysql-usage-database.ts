import type { DatabaseConfig } from '../../config/database-config';
import { SingleConnection } from '../../database/single-connection';
import type { Query, UsageDatabase } from './usage-database';

/** The ledger in the tables of a server, over one connection. */
export class MysqlUsageDatabase implements UsageDatabase {
  readonly dialect = 'mysql';
  private readonly connection: SingleConnection;

  constructor(database: DatabaseConfig & { kind: 'mysql' | 'mariadb' }) {
    this.connection = new SingleConnection(database);
  }

  readonly query: Query = (sql, parameters) => this.connection.query(sql, parameters);

  transaction(work: (query: Query) => Promise<void>): Promise<void> {
    return this.connection.transaction(work);
  }

  /** Does nothing, because the server decides how durable a commit is. */
  makeDurable(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

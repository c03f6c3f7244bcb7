import { type DataSource, EntityManager, type ObjectLiteral } from 'typeorm';
import { assignAccount } from './connection-shares';

/** Runs single statements that only read, each on a connection from the share of an account. */
export class AccountManager extends EntityManager {
  constructor(
    dataSource: DataSource,
    private readonly accountId: string,
  ) {
    super(dataSource);
  }

  override async query<T = unknown>(sql: string, parameters?: unknown[] | ObjectLiteral): Promise<T> {
    const runner = this.dataSource.createQueryRunner('slave');
    assignAccount(runner, this.accountId);
    try {
      return (await runner.query(sql, parameters as unknown[])) as T;
    } finally {
      await runner.release();
    }
  }
}

import { DataSource } from 'typeorm';
import type { TestApp } from '../app/app';

/** Sees a statement and those before it in its transaction, itself the last; what it throws fails the statement. */
export type Probe = (sql: string, transaction: readonly string[]) => void;

export interface StatementFault {
  /** The statement does not reach the database. */
  readonly before?: Probe;
  /** It does, and the answer is lost. */
  readonly after?: Probe;
}

/**
 * Fails statements of transactions on the edge to the driver, as a server or a disk would. BEGIN and ROLLBACK are left
 * alone. Returns the function that takes the fault away.
 */
export function injectFault(app: TestApp, fault: StatementFault): () => void {
  const { driver } = app.app.get(DataSource);
  const create = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    const transaction: string[] = [];
    const faulty = async (sql: string, ...rest: unknown[]): Promise<unknown> => {
      if (!runner.isTransactionActive || /^(BEGIN|START|SET|ROLLBACK)/i.test(sql)) return query(sql, ...rest);
      transaction.push(sql);
      fault.before?.(sql, transaction);
      const result = await query(sql, ...rest);
      fault.after?.(sql, transaction);
      return result;
    };
    return Object.assign(runner, { query: faulty });
  };
  return () => {
    driver.createQueryRunner = create;
  };
}

import { DataSource } from 'typeorm';
import type { TestApp } from '../app/app';

/** Receives a statement and its transaction so far, with the statement last. Its error fails the statement. */
export type Probe = (sql: string, transaction: readonly string[]) => void;

export interface StatementFault {
  /** Fails the statement before it reaches the database. */
  readonly before?: Probe;
  /** Fails the statement after the database has run it, as if the response were lost. */
  readonly after?: Probe;
}

/**
 * Fails statements of transactions at the driver, like a server or a disk. BEGIN and ROLLBACK always pass. Returns a
 * function that removes the fault.
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

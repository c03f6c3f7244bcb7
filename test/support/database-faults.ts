import { DataSource, type QueryRunner } from 'typeorm';
import type { TestApp } from './app';

/** Called for each statement within a transaction, with its turn, from 1. What it throws fails the statement. */
export interface StatementFault {
  readonly before?: (turn: number, sql: string) => void;
  readonly after?: (turn: number, sql: string) => void;
}

/**
 * Fails statements of transactions on the edge to the driver, as a server or a disk would. Returns the function that
 * takes the fault away.
 */
export function injectFault(app: TestApp, fault: StatementFault): () => void {
  const { driver } = app.app.get(DataSource);
  const create = driver.createQueryRunner.bind(driver);
  let turn = 0;
  driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    const faulty = async (sql: string, ...rest: unknown[]): Promise<unknown> => {
      if (!concerns(runner, sql)) return query(sql, ...rest);
      turn += 1;
      const own = turn;
      fault.before?.(own, sql);
      const result = await query(sql, ...rest);
      fault.after?.(own, sql);
      return result;
    };
    return Object.assign(runner, { query: faulty });
  };
  return () => {
    driver.createQueryRunner = create;
  };
}

/** A rollback is left alone: it is how a fault is answered. */
function concerns(runner: QueryRunner, sql: string): boolean {
  if (/^ROLLBACK/i.test(sql)) return false;
  return runner.isTransactionActive || /^(BEGIN|START|COMMIT)/i.test(sql);
}

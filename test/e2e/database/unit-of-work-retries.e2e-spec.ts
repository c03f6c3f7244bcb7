import { DomainError } from '../../../src/common/domain-error';
import { UnitOfWork } from '../../../src/database/unit-of-work';
import { startTestApp, type TestApp } from '../../support/app/app';
import { stopClock, useTimeTravel } from '../../support/app/time-travel';
import { engine } from '../../support/database/database';
import { withMariadb } from '../../support/database/mariadb-database';
import { injectFault } from '../../support/database/statement-faults';
import { paced } from '../../support/pace';

const retryable: readonly (number | string)[] =
  engine === 'mariadb' ? [1213, 1205, 3101, 1180, 9007] : ['SQLITE_BUSY'];

describe('UnitOfWork.run', () => {
  let app: TestApp;
  let unitOfWork: UnitOfWork;
  const increment = (id: number) =>
    unitOfWork.manager.query('UPDATE probe SET value = value + 1 WHERE id = ?', [id]);
  const insert = (id: number) =>
    unitOfWork.manager.query('INSERT INTO probe (id, value) VALUES (?, 0)', [id]);
  const values = async () =>
    Object.fromEntries(
      (await app.database.query<{ id: number; value: number }>('SELECT id, value FROM probe')).map(
        ({ id, value }) => [id, value],
      ),
    );
  /** Raises an error with this code. MariaDB raises it itself; SQLite has no statement for it. */
  const raise = async (code: number | string) => {
    if (engine === 'mariadb') {
      await unitOfWork.manager.query(`SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = ${code}`);
    }
    throw Object.assign(new Error('database is locked'), { code });
  };

  beforeAll(async () => {
    app = await startTestApp();
    unitOfWork = app.app.get(UnitOfWork);
    await app.database.query('CREATE TABLE probe (id integer NOT NULL PRIMARY KEY, value integer NOT NULL)');
  });
  afterAll(() => app.stop());
  // Retries end after two seconds, and a busy machine may reach them with fewer tries.
  beforeEach(stopClock);
  useTimeTravel();
  beforeEach(async () => {
    await app.database.query('DELETE FROM probe');
    await app.database.query('INSERT INTO probe (id, value) VALUES (1, 0), (2, 0)');
  });

  it.each(retryable)('rolls back and runs the whole work again after error %s', async (code) => {
    let tries = 0;
    const committed = jest.fn();
    const result = await unitOfWork.run(async () => {
      tries += 1;
      unitOfWork.onCommitted(committed);
      await increment(1);
      await insert(7);
      if (tries < 3) await raise(code);
      return tries;
    });
    expect(result).toBe(3);
    expect(await values()).toEqual({ 1: 1, 2: 0, 7: 0 });
    expect(committed).toHaveBeenCalledTimes(1);
  });

  it('throws 503 with Retry-After after five tries within two seconds, and changes nothing', async () => {
    let tries = 0;
    const work = async () => {
      tries += 1;
      await increment(1);
      await raise(retryable[0]!);
    };
    const run = () => unitOfWork.run(work).catch((failure: unknown) => failure);
    const { result: error, milliseconds, limit } = await paced(run);
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ kind: 'unavailable', code: 'database_busy', retryAfterSeconds: 1 });
    expect(tries).toBe(5);
    expect(milliseconds).toBeLessThan(limit(2000));
    expect(await values()).toEqual({ 1: 0, 2: 0 });
  });

  it('does not retry any other error', async () => {
    let tries = 0;
    const work = unitOfWork.run(async () => {
      tries += 1;
      await insert(1);
    });
    await expect(work).rejects.toThrow();
    expect(tries).toBe(1);
  });

  it('retries a failed commit, as on a cluster with several writers', async () => {
    let commits = 0;
    const failFirstCommit = (sql: string) => {
      if (sql !== 'COMMIT') return;
      commits += 1;
      const code = retryable[0]!;
      if (commits === 1)
        throw Object.assign(new Error('lost'), typeof code === 'number' ? { errno: code } : { code });
    };
    const undo = injectFault(app, { before: failFirstCommit });
    let tries = 0;
    await unitOfWork.run(async () => {
      tries += 1;
      await increment(1);
    });
    undo();
    expect(tries).toBe(2);
    expect(await values()).toEqual({ 1: 1, 2: 0 });
  });

  it('runs the hook before the commit in each try', async () => {
    let tries = 0;
    const hook = async () => {
      await increment(2);
      if (tries === 1) await raise(retryable[0]!);
    };
    await unitOfWork.withBeforeCommit(hook, () =>
      unitOfWork.run(async () => {
        tries += 1;
        await increment(1);
      }),
    );
    expect(await values()).toEqual({ 1: 1, 2: 1 });
  });

  if (engine === 'mariadb') {
    it('retries the victim of a deadlock, and commits both transactions', async () => {
      let waiting = 0;
      let go!: () => void;
      const bothHoldOne = new Promise<void>((resolve) => (go = resolve));
      let runs = 0;
      const swap = (first: number, second: number) => {
        let tries = 0;
        return unitOfWork.run(async () => {
          runs += 1;
          tries += 1;
          await increment(first);
          waiting += 1;
          if (waiting === 2) go();
          if (tries === 1) await bothHoldOne;
          await increment(second);
        });
      };
      await Promise.all([swap(1, 2), swap(2, 1)]);
      expect(runs).toBe(3);
      expect(await values()).toEqual({ 1: 2, 2: 2 });
    });

    it('commits nothing after a lock wait timeout', async () => {
      await withMariadb(app.database.env.DATABASE_URL.replace('mariadb:', 'mysql:'), async (other) => {
        await other.query('START TRANSACTION');
        await other.query('UPDATE probe SET value = 100 WHERE id = 1');
        const work = unitOfWork.run(async () => {
          await insert(9);
          await increment(1);
        });
        await expect(work).rejects.toMatchObject({ code: 'database_busy' });
        await other.query('ROLLBACK');
      });
      expect(await values()).toEqual({ 1: 0, 2: 0 });
    });
  }
});

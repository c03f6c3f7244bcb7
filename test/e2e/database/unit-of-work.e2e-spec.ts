import { isOutage } from '../../../src/common/domain-error';
import { UnitOfWork } from '../../../src/database/unit-of-work';
import { startTestApp, type TestApp } from '../../support/app/app';

describe('UnitOfWork', () => {
  let app: TestApp;
  let unitOfWork: UnitOfWork;
  const insert = (id: number) => unitOfWork.manager.query('INSERT INTO probe (id) VALUES (?)', [id]);
  const ids = async () =>
    (await app.database.query<{ id: number }>('SELECT id FROM probe ORDER BY id')).map(({ id }) => id);
  const failure = new Error('thrown by the test');
  const failing = async (id: number) => {
    await insert(id);
    throw failure;
  };

  beforeAll(async () => {
    app = await startTestApp();
    unitOfWork = app.app.get(UnitOfWork);
    await app.database.query('CREATE TABLE probe (id integer NOT NULL PRIMARY KEY)');
  });
  afterAll(() => app.stop());
  beforeEach(() => app.database.query('DELETE FROM probe'));

  it('commits the writes of the work, and returns its result', async () => {
    const result = await unitOfWork.run(async () => {
      await insert(1);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await ids()).toEqual([1]);
  });

  it('rolls back and rethrows if the work throws', async () => {
    await expect(unitOfWork.run(() => failing(1))).rejects.toBe(failure);
    expect(await ids()).toEqual([]);
  });

  it('rolls back nested calls with the outermost one', async () => {
    const nested = unitOfWork.run(async () => {
      await insert(1);
      await unitOfWork.run(async () => {
        await insert(2);
        await unitOfWork.run(() => insert(3));
      });
      throw failure;
    });
    await expect(nested).rejects.toBe(failure);
    expect(await ids()).toEqual([]);
  });

  it('shows its own writes to the work, and to others only after the commit', async () => {
    await unitOfWork.run(async () => {
      await insert(1);
      expect(await unitOfWork.manager.query('SELECT id FROM probe')).toEqual([{ id: 1 }]);
      expect(await ids()).toEqual([]);
    });
    expect(await ids()).toEqual([1]);
  });

  it('isolates 300 concurrent jobs, a third of which fail, without losing a commit', async () => {
    const acknowledged: number[] = [];
    const jobs = Array.from({ length: 300 }, async (_, index) => {
      const id = index * 2;
      const work = async () => {
        await insert(id);
        await unitOfWork.run(() => insert(id + 1));
        if (index % 3 === 0) throw failure;
        return [id, id + 1];
      };
      const single = async () => {
        await insert(id);
        return [id];
      };
      const attempt = async (): Promise<void> => {
        try {
          acknowledged.push(...(await (index % 3 === 1 ? single() : unitOfWork.run(work))));
        } catch (error) {
          // On a slow machine, some wait longer for a connection than allowed.
          if (isOutage(error)) return attempt();
          expect(error).toBe(failure);
        }
      };
      await attempt();
    });
    await Promise.all(jobs);
    expect(await ids()).toEqual(acknowledged.sort((one, other) => one - other));
    expect(acknowledged).toHaveLength(300);
  });

  it('continues after a failed statement whose error the work handles', async () => {
    await unitOfWork.run(async () => {
      await insert(1);
      await insert(1).catch(() => undefined);
      await insert(2);
    });
    expect(await ids()).toEqual([1, 2]);
  });

  describe('onCommitted', () => {
    it('runs the callback after the outermost commit', async () => {
      const order: string[] = [];
      await unitOfWork.run(async () => {
        unitOfWork.onCommitted(() => order.push('committed'));
        await unitOfWork.run(async () => {
          unitOfWork.onCommitted(() => order.push('nested'));
          await insert(1);
        });
        order.push('work done');
      });
      expect(order).toEqual(['work done', 'committed', 'nested']);
    });

    it('does not run the callback after a rollback', async () => {
      const committed = jest.fn();
      const work = unitOfWork.run(async () => {
        unitOfWork.onCommitted(committed);
        await failing(1);
      });
      await expect(work).rejects.toBe(failure);
      expect(committed).not.toHaveBeenCalled();
    });

    it('runs the callback immediately if there is no transaction', () => {
      const committed = jest.fn();
      unitOfWork.onCommitted(committed);
      expect(committed).toHaveBeenCalledTimes(1);
    });
  });

  describe('withBeforeCommit', () => {
    it('runs the hook once, inside the outermost transaction, with its result', async () => {
      const results: unknown[] = [];
      const hook = async (result: unknown) => {
        results.push(result);
        await insert(9);
      };
      await unitOfWork.withBeforeCommit(hook, () =>
        unitOfWork.run(async () => {
          await unitOfWork.run(() => insert(1));
          return 'outer';
        }),
      );
      expect(results).toEqual(['outer']);
      expect(await ids()).toEqual([1, 9]);
    });

    it('rolls back the work if the hook fails', async () => {
      const work = unitOfWork.withBeforeCommit(
        () => Promise.reject(failure),
        () => unitOfWork.run(() => insert(1)),
      );
      await expect(work).rejects.toBe(failure);
      expect(await ids()).toEqual([]);
    });

    it('does not run the hook if the work fails, or outside of it', async () => {
      const hook = jest.fn(() => Promise.resolve());
      await expect(unitOfWork.withBeforeCommit(hook, () => unitOfWork.run(() => failing(1)))).rejects.toBe(
        failure,
      );
      await unitOfWork.run(() => insert(2));
      expect(hook).not.toHaveBeenCalled();
    });
  });
});

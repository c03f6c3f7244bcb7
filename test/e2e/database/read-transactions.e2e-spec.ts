import { setTimeout as sleep } from 'node:timers/promises';
import { UnitOfWork } from '../../../src/database/unit-of-work';
import { startTestApp, type TestApp } from '../../support/app/app';
import { injectFault } from '../../support/database/statement-faults';

/** Longer than MariaDB lets a write transaction be idle. */
const IDLE_MS = 3500;

describe('a read transaction', () => {
  let app: TestApp;
  let unitOfWork: UnitOfWork;
  const insert = (id: number) => unitOfWork.manager.query('INSERT INTO probe (id) VALUES (?)', [id]);
  const ids = async () =>
    (await unitOfWork.manager.query<{ id: number }[]>('SELECT id FROM probe ORDER BY id')).map(
      ({ id }) => id,
    );

  beforeAll(async () => {
    app = await startTestApp();
    unitOfWork = app.app.get(UnitOfWork);
    await app.database.query('CREATE TABLE probe (id integer NOT NULL PRIMARY KEY)');
  });
  afterAll(() => app.stop());
  beforeEach(() => app.database.query('DELETE FROM probe'));

  it('sees one snapshot, and does not delay a write', async () => {
    await insert(1);
    await unitOfWork.read(async () => {
      expect(await ids()).toEqual([1]);
      await app.database.query('INSERT INTO probe (id) VALUES (2)');
      expect(await ids()).toEqual([1]);
    });
    expect(await ids()).toEqual([1, 2]);
  });

  it('does not wait for a write transaction, nor does a single read', async () => {
    await insert(1);
    let release!: () => void;
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    let hasWritten!: () => void;
    const isWritten = new Promise<void>((resolve) => (hasWritten = resolve));
    const write = unitOfWork.run(async () => {
      await insert(2);
      hasWritten();
      await isReleased;
    });
    await isWritten;
    const readers = Array.from({ length: 10 }, (_, at) => (at % 2 ? ids() : unitOfWork.read(ids)));
    expect(await Promise.all(readers)).toEqual(Array(10).fill([1]));
    release();
    await write;
    expect(await ids()).toEqual([1, 2]);
  });

  it('joins a write transaction', async () => {
    await unitOfWork.run(async () => {
      await insert(1);
      expect(await unitOfWork.read(ids)).toEqual([1]);
    });
  });

  it('rejects a write', async () => {
    await expect(unitOfWork.read(() => insert(1))).rejects.toThrow();
    expect(await ids()).toEqual([]);
  });

  it('returns what it read when its COMMIT fails', async () => {
    await insert(1);
    const undo = injectFault(app, {
      before: (sql) => {
        if (sql === 'COMMIT') throw new Error('thrown by the test');
      },
    });
    await expect(unitOfWork.read(ids)).resolves.toEqual([1]);
    undo();
    // The connection is usable again.
    expect(await Promise.all(Array.from({ length: 20 }, () => unitOfWork.read(ids)))).toEqual(
      Array(20).fill([1]),
    );
  });

  it('runs 40 concurrent reads', async () => {
    await insert(1);
    const reads = Array.from({ length: 40 }, () => unitOfWork.read(ids));
    expect(await Promise.all(reads)).toEqual(Array(40).fill([1]));
  });

  it('may be idle for longer than a write', async () => {
    await insert(1);
    const read = unitOfWork.read(async () => {
      const before = await ids();
      await sleep(IDLE_MS);
      return [before, await ids()];
    });
    expect(await read).toEqual([[1], [1]]);
  });
});

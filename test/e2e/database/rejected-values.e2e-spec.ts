import { UnitOfWork } from '../../../src/database/unit-of-work';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';

const DIGITS = 25;

describe('a value that the database rejects', () => {
  let app: TestApp;
  let unitOfWork: UnitOfWork;
  const store = (value: unknown) =>
    unitOfWork.run(() => unitOfWork.manager.query('INSERT INTO probe (name, amount) VALUES (?, 1)', [value]));

  beforeAll(async () => {
    app = await startTestApp();
    unitOfWork = app.app.get(UnitOfWork);
    const check = engine === 'sqlite' ? 'CHECK (length(name) <= 20)' : '';
    await app.database.query(
      `CREATE TABLE probe (name varchar(20) NOT NULL ${check}, amount decimal(24, 12) NOT NULL CHECK (amount < 9))`,
    );
  });
  afterAll(() => app.stop());

  it('is an invalid request if the value is too long', async () => {
    await expect(store('x'.repeat(21))).rejects.toMatchObject({
      kind: 'invalid',
      code: 'storage.value_rejected',
    });
    await store('x'.repeat(20));
  });

  it('is an invalid request if a constraint excludes it or it is out of range', async () => {
    for (const amount of engine === 'mariadb' ? ['9', '9'.repeat(DIGITS), 'many'] : ['9']) {
      const insert = () => unitOfWork.manager.query('INSERT INTO probe VALUES (?, ?)', ['x', amount]);
      await expect(unitOfWork.run(insert)).rejects.toMatchObject({
        kind: 'invalid',
        code: 'storage.value_rejected',
      });
    }
  });

  if (engine === 'mariadb') {
    it('is a full storage if the statement exceeds max_allowed_packet, and the next statement works', async () => {
      await expect(store('x'.repeat(17 * 1024 * 1024))).rejects.toMatchObject({
        kind: 'storage_full',
        code: 'storage.too_large',
      });
      await store('y');
    });
  }
});

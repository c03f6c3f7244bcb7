import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { killRounds } from '../support/faults/kill-rounds';
import { randomFrom } from '../support/registry/random';
import { report } from '../support/report';

const ROUNDS = 50;
const seed = Date.now() >>> 0;

it('kill -9 during writes to SQLite, 50 times: what was acknowledged is there, and nothing is half', async () => {
  const database = await createSqliteTestDatabase();
  try {
    const { acknowledged, interrupted, faults } = await killRounds(database, ROUNDS, randomFrom(seed));
    report(
      `kill -9, SQLite: ${ROUNDS} times, ${acknowledged} writes acknowledged, ${interrupted} interrupted (seed ${seed})`,
    );
    expect(faults).toEqual([]);
    expect(acknowledged).toBeGreaterThan(2 * ROUNDS);
  } finally {
    await database.drop();
  }
});

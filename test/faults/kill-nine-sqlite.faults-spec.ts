import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { killRounds } from '../support/faults/kill-rounds';
import { createRandom } from '../support/registry/random';
import { report } from '../support/report';

const ROUNDS = 50;
const seed = Date.now() >>> 0;

it('loses no acknowledged write on SQLite when the service is killed 50 times during writes', async () => {
  const database = await createSqliteTestDatabase();
  try {
    const { acknowledged, interrupted, faults } = await killRounds(database, ROUNDS, createRandom(seed));
    report(
      `kill -9, SQLite: ${ROUNDS} times, ${acknowledged} writes acknowledged, ${interrupted} interrupted (seed ${seed})`,
    );
    expect(faults).toEqual([]);
    expect(acknowledged).toBeGreaterThan(2 * ROUNDS);
  } finally {
    await database.drop();
  }
});

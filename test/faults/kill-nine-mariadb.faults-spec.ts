import { createTestDatabase } from '../support/database/database';
import { killRounds } from '../support/faults/kill-rounds';
import { createRandom } from '../support/registry/random';
import { report } from '../support/report';

const ROUNDS = 50;
const seed = Date.now() >>> 0;

it('loses no acknowledged write on MariaDB when the service is killed 50 times during writes', async () => {
  const database = await createTestDatabase();
  try {
    const { acknowledged, interrupted, faults } = await killRounds(database, ROUNDS, createRandom(seed));
    report(
      `kill -9, MariaDB: ${ROUNDS} times, ${acknowledged} writes acknowledged, ${interrupted} interrupted (seed ${seed})`,
    );
    expect(faults).toEqual([]);
    expect(acknowledged).toBeGreaterThan(2 * ROUNDS);
  } finally {
    await database.drop();
  }
});

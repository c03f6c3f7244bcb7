import { createTestDatabase } from '../support/database/database';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { killRounds } from '../support/faults/kill-rounds';
import { createRandom } from '../support/registry/random';
import { report } from '../support/report';

const ROUNDS = 50;
const seed = Date.now() >>> 0;

it.each([
  ['MariaDB', createTestDatabase],
  ['SQLite', createSqliteTestDatabase],
])(
  'loses no acknowledged write on %s when the service is killed 50 times during writes',
  async (engine, create) => {
    const database = await create();
    try {
      const { acknowledged, interrupted, faults } = await killRounds(database, ROUNDS, createRandom(seed));
      report(
        `kill -9, ${engine}: ${ROUNDS} times, ${acknowledged} writes acknowledged, ${interrupted} interrupted (seed ${seed})`,
      );
      expect(faults).toEqual([]);
      expect(acknowledged).toBeGreaterThan(2 * ROUNDS);
    } finally {
      await database.drop();
    }
  },
);

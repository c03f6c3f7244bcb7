import { createTestDatabase } from '../support/database/database';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { createRandom } from '../support/registry/random';
import { report } from '../support/report';
import { usageKillRounds } from '../support/usage/usage-kill-rounds';

const ROUNDS = 25;
const seed = Date.now() >>> 0;

it.each([
  ['MariaDB', createTestDatabase],
  ['SQLite', createSqliteTestDatabase],
])(
  'loses and repeats no acknowledged row of the ledger on %s when its process is killed 25 times',
  async (engine, create) => {
    const database = await create();
    try {
      const { acknowledged, lost, faults } = await usageKillRounds(database, ROUNDS, createRandom(seed));
      report(
        `kill -9 of the ledger, ${engine}: ${ROUNDS} times, ${acknowledged} rows acknowledged, ${lost} attempts lost (seed ${seed})`,
      );
      expect(faults).toEqual([]);
      expect(acknowledged).toBeGreaterThan(ROUNDS);
      expect(lost).toBeGreaterThan(ROUNDS);
    } finally {
      await database.drop();
    }
  },
);

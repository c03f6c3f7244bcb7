import { createTestDatabase } from '../support/database/database';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { gatewayKillRounds } from '../support/gateway/gateway-kill-rounds';
import { createRandom } from '../support/registry/random';
import { report } from '../support/report';

const ROUNDS = 6;
const seed = Date.now() >>> 0;

it.each([
  ['MariaDB', createTestDatabase],
  ['SQLite', createSqliteTestDatabase],
])(
  'has a row for each call that the upstream charges, on %s, when the service is killed six times during calls',
  async (engine, create) => {
    const database = await create();
    try {
      const { charged, exact, lost, faults } = await gatewayKillRounds(database, ROUNDS, createRandom(seed));
      report(
        `kill -9 of the service during calls, ${engine}: ${charged} charged, ${exact} exact, ${lost} lost (seed ${seed})`,
      );
      expect(faults).toEqual([]);
      expect(exact).toBeGreaterThan(ROUNDS);
      expect(lost).toBeGreaterThan(0);
    } finally {
      await database.drop();
    }
  },
);

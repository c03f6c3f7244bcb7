import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, startCommand } from '../support/app/command-line';
import { RollingReplicas } from '../support/app/rolling-replicas';
import type { TestDatabase } from '../support/database/database';
import { createMariadbTestDatabase } from '../support/database/database-mariadb';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { eventually } from '../support/eventually';
import { KeyRotationLoad } from '../support/registry/key-rotation-load';
import { type Random, createRandom } from '../support/registry/random';
import { leakDetector } from '../support/secrets/leak-detector';

const KILLS = 6;
const WORKERS = 4;
const COLUMNS = [
  ['providers', 'encryption_key_id'],
  ['providers', 'headers_key_id'],
  ['server_secrets', 'key_id'],
] as const;

const [old, fresh] = ['old', 'new'].map((id) => `${id}:${randomBytes(32).toString('base64')}`) as [
  string,
  string,
];
const seed = Number(process.env['CARET_TEST_SEED'] ?? randomInt(2 ** 31));

describe.each([
  ['MariaDB', 2, 700, () => createMariadbTestDatabase(process.env['CARET_TEST_MARIADB_URL']!)],
  ['the embedded database', 1, 500, createSqliteTestDatabase],
] as const)(
  'the rotation of the encryption key on %s',
  (engine, replicaCount, providerCount, createDatabase) => {
    const isOnline = engine === 'MariaDB';
    let database: TestDatabase;
    let replicas: RollingReplicas;
    let providers: KeyRotationLoad;
    let random: Random;
    const call = <T>(work: Parameters<typeof replicas.call<T>>[0]) => replicas.call(work);

    beforeAll(async () => {
      console.info(`key rotation on ${engine}: CARET_TEST_SEED=${seed}`);
      random = createRandom(seed);
      database = await createDatabase();
      replicas = new RollingReplicas(TOKEN);
      providers = await KeyRotationLoad.start();
    });
    afterAll(async () => {
      await replicas.stop();
      await providers.stop();
      leakDetector.read('output', replicas.output);
      leakDetector.read('rows', await database.dump());
      leakDetector.read('files', await database.bytes());
      await database.drop();
      leakDetector.assertNone();
    });

    const TOKEN = randomBytes(24).toString('hex');
    const withKeys = (...keys: string[]): Record<string, string> => ({
      ...database.env,
      BOOTSTRAP_TOKEN: TOKEN,
      ENCRYPTION_KEYS: keys.join(','),
      EGRESS_MODE: 'local',
      SHUTDOWN_DELAY_SECONDS: '0',
    });
    const rollOut = (...keys: string[]) =>
      replicas.rollOut(...Array.from({ length: replicaCount }, () => withKeys(...keys)));

    async function countUnderOldKey(): Promise<number> {
      let count = 0;
      for (const [table, column] of COLUMNS) {
        const sql = `SELECT COUNT(*) AS found FROM ${table} WHERE ${column} = 'old'`;
        count += Number((await database.query<{ found: number | string }>(sql))[0]!.found);
      }
      return count;
    }

    /** Kills a rewrap early, or when a random share of the secrets is left. Returns how many are left. */
    async function killRewrap(isEarly: boolean): Promise<number> {
      const before = await countUnderOldKey();
      const goal = Math.ceil((before * (20 + random(60))) / 100);
      const command = await startCommand(withKeys(fresh, old), 'keys', 'rewrap');
      let hasEnded = false;
      void command.result.then(() => (hasEnded = true));
      const hasReachedGoal = async () => hasEnded || (await countUnderOldKey()) <= goal;
      if (isEarly) await sleep(random(1500));
      else await eventually('the rewrap reaches its goal', hasReachedGoal);
      command.kill();
      await command.result;
      return countUnderOldKey();
    }

    it('re-seals every secret without failed requests, although the rewrap is killed six times', async () => {
      await rollOut(old);
      await providers.createMany(call, providerCount);
      const initialCount = await countUnderOldKey();
      expect(initialCount).toBe(2 * providerCount + 1);
      let stopLoad = providers.load(call, WORKERS, random);

      if (isOnline) {
        await rollOut(old, fresh);
        await rollOut(fresh, old);
      } else {
        // One process at a time has the file, so the service stops as the README says.
        await stopLoad();
        await replicas.rollOut();
      }
      const left: number[] = [];
      for (let kill = 0; kill < KILLS; kill++) left.push(await killRewrap(kill > 0 && random(4) === 0));
      const last = await runCommand(withKeys(fresh, old), 'keys', 'rewrap');
      console.info(`left under the old key after each kill: ${left.join(', ')}; ${providers.calls} calls`);
      expect(last).toMatchObject({
        code: 0,
        output: expect.stringContaining("All secrets are under 'new'."),
      });
      expect(await countUnderOldKey()).toBe(0);
      // At least one kill interrupted the rewrap.
      expect(left.some((count) => count > 0 && count < Math.max(initialCount, ...left))).toBe(true);

      await rollOut(fresh);
      if (!isOnline) stopLoad = providers.load(call, WORKERS, random);
      await sleep(1000);
      await stopLoad();
      expect(providers.failures).toEqual([]);
      expect(await providers.verifyAll(call)).toBeGreaterThan(providerCount);
      expect(providers.failures).toEqual([]);
      expect(await countUnderOldKey()).toBe(0);
      const status = isOnline ? await runCommand(withKeys(fresh, old), 'keys', 'status') : null;
      if (status) expect(status.output).toMatch(/old: decrypt only, canary present\n( {2}\S+: 0\n){4}/);
    });
  },
);

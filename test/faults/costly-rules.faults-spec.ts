import { randomBytes } from 'node:crypto';
import { runCommand } from '../support/app/command-line';
import { ServiceProcess } from '../support/app/service-process';
import { ApiClient, type ApiResponse, type Json } from '../support/clients/api-client';
import type { TestDatabase } from '../support/database/database';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { repeatDisturbedTests, timed } from '../support/pace';
import { realNow } from '../support/real-clock';
import { createModel, createProvider } from '../support/registry/factories';
import { resolve } from '../support/registry/routing';
import { report } from '../support/report';

const CALLERS = 32;
const DURATION_MS = 8_000;
const MODELS = 50;
/**
 * How much longer another account may wait than beside as many callers of a fast rule. It waits for one costly request
 * at a time, not for 32.
 */
const MAX_RATIO = 20;

const context = { text: 'ab'.repeat(1023) };
/** Among the slowest patterns that are allowed. */
const slowRule = (index: number) => ({ text: { $regex: `a.{0,475}$q${index}` } });

repeatDisturbedTests();

describe('another account beside 32 callers of costly rules', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let attacker: ApiClient;
  let victim: ApiClient;
  let count = MODELS;

  beforeAll(async () => {
    database = await createSqliteTestDatabase();
    const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
    const env = { ...database.env, BOOTSTRAP_TOKEN };
    service = await ServiceProcess.start(env);
    const url = await service.listening();
    attacker = new ApiClient(url, BOOTSTRAP_TOKEN);
    const { id } = await createProvider(attacker);
    for (let index = 0; index < MODELS; index++) {
      await createModel(attacker, id, { tags: ['costly'], when: slowRule(index) });
    }
    await service.kill();
    const { output } = await runCommand(env, 'account', 'create', '--name', 'other');
    service = await ServiceProcess.start(env);
    const restarted = await service.listening();
    attacker = new ApiClient(restarted, BOOTSTRAP_TOKEN);
    victim = new ApiClient(restarted, /^token +(\S+)$/m.exec(output)![1]);
    await createModel(victim, (await createProvider(victim)).id, { tags: ['mine'] });
  });
  afterAll(async () => {
    await service.kill();
    await database.drop();
  });

  const check = (when: Json) => attacker.post('/v1/resolve/check', { when, context });
  const requests = {
    health: () => victim.get('/healthz'),
    resolve: () => resolve(victim, { selector: '#mine' }),
  };

  /** Returns the 99th percentile of the victim's waits, and the statuses of the attack. */
  async function attackWith(send: () => Promise<ApiResponse>, callers = CALLERS) {
    const end = realNow() + DURATION_MS;
    const statuses = new Set<number>();
    const attack = Array.from({ length: callers }, async () => {
      while (realNow() < end) statuses.add((await send()).status);
    });
    const waits: Record<keyof typeof requests, number[]> = { health: [], resolve: [] };
    const watch = async (name: keyof typeof requests) => {
      while (realNow() < end) {
        const { result, milliseconds } = await timed(requests[name]);
        expect(result.status).toBe(200);
        waits[name].push(milliseconds);
      }
    };
    await Promise.all([...attack, watch('health'), watch('resolve')]);
    const p99 = Math.max(percentile99(waits.health), percentile99(waits.resolve));
    const longest = Math.max(...waits.health, ...waits.resolve);
    return { statuses: [...statuses].sort(), p99, longest };
  }

  it.each<[string, () => Promise<ApiResponse>, number]>([
    ['resolving', () => resolve(attacker, { selector: '#costly', context }), 422],
    ['checking a rule', () => check(slowRule(0)), 200],
    ['checking new rules', () => check(slowRule(count++)), 200],
  ])('waits about as long as beside fast rules: %s', async (name, send, status) => {
    const quiet = await attackWith(send, 0);
    const harmless = await attackWith(() => check({ text: 'a' }));
    const costly = await attackWith(send);
    report(
      `32 callers ${name}: others wait ${costly.p99} ms (p99), at most ${costly.longest} ms; beside fast rules ` +
        `${harmless.p99} and ${harmless.longest} ms, alone ${quiet.p99} and ${quiet.longest} ms`,
    );
    expect(costly.statuses).toEqual([status, 429]);
    expect(costly.p99).toBeLessThan(MAX_RATIO * Math.max(harmless.p99, 1));
  });
});

function percentile99(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(0.99 * sorted.length)]!;
}

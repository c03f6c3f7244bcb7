import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../src/common/ids';
import { ServiceReplicas } from '../support/app/service-replicas';
import type { ApiClient } from '../support/clients/api-client';
import { forgeToken } from '../support/clients/forged-token';
import { repeatDisturbedTests, timed } from '../support/pace';
import { createProvider } from '../support/registry/factories';
import { report } from '../support/report';

const CONNECTIONS = 1500;
const REQUESTS = 15_000;
const VICTIM_PAUSE_MS = 100;
/** How much longer a caller may wait than during the same flood of a route that needs no database. */
const RATIO = 4;
/** A valid token that a replica has not seen waits behind three batches of 500 unknown ones, with 50 ms for each. */
const PROMISED_MS = 150;

interface Flood {
  readonly path: string;
  readonly token?: () => string;
  /** The statuses that the flood may get. */
  readonly statuses: readonly number[];
}

const HARMLESS: Flood = { path: '/healthz', statuses: [200] };
const FLOODS: readonly (readonly [string, Flood])[] = [
  ['readiness checks', { path: '/readyz', statuses: [200] }],
  ['random tokens', { path: '/v1/account', token: () => forgeToken(newId()), statuses: [401, 429] }],
];

repeatDisturbedTests();

describe('two replicas under a flood without a valid token', () => {
  let replicas: ServiceReplicas;
  let attacked: ApiClient;
  let other: ApiClient;

  beforeAll(async () => {
    replicas = await ServiceReplicas.create();
    attacked = (await replicas.start()).withoutRetries();
    other = (await replicas.start()).withoutRetries();
    await createProvider(attacked);
  });
  afterAll(() => replicas.stop());

  it.each(FLOODS)('respond to every valid token and stay ready during 15,000 %s', async (name, flood) => {
    const { longestMs: harmlessMs } = await watchDuring(HARMLESS);
    const { counts, longestMs, requests } = await watchDuring(flood);
    const responses = JSON.stringify(counts);
    report(
      `${name}: ${responses}; ${requests} valid requests waited ≤ ${longestMs} ms, ≤ ${harmlessMs} ms during /healthz`,
    );
    for (const status of Object.keys(counts)) expect(flood.statuses).toContain(Number(status));
    expect(longestMs).toBeLessThan(PROMISED_MS + RATIO * harmlessMs);
  });

  /** Sends valid requests during a flood, each of which must succeed. Returns the longest wait. */
  async function watchDuring(flood: Flood) {
    const attack = { isOver: false };
    const counts = sendFlood(flood).finally(() => (attack.isOver = true));
    let longestMs = 0;
    let requests = 0;
    while (!attack.isOver) {
      const issued = await attacked.post('/v1/tokens', { name: 'fresh', scopes: ['providers:read'] });
      expect(issued.status).toBe(201);
      const calls: (() => Promise<{ status: number }>)[] = [
        () => attacked.get('/v1/llm-providers'),
        // This replica has not seen the token.
        () => other.as(issued.body.token).get('/v1/llm-providers'),
        () => attacked.as(issued.body.token).get('/v1/llm-providers'),
        () => attacked.as(undefined).get('/readyz'),
        () => other.as(undefined).get('/readyz'),
      ];
      for (const call of calls) {
        const { result, milliseconds } = await timed(call);
        expect(result.status).toBe(200);
        longestMs = Math.max(longestMs, milliseconds);
        requests += 1;
      }
      await sleep(VICTIM_PAUSE_MS);
    }
    return { counts: await counts, longestMs, requests };
  }

  /** Sends all requests on all connections. Returns the number of responses by status. */
  async function sendFlood({ path, token }: Flood): Promise<Record<number, number>> {
    const counts: Record<number, number> = {};
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const send = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const headers = token ? { authorization: `Bearer ${token()}` } : {};
        get(new URL(path, attacked.baseUrl), { agent, headers }, (response) => {
          const status = response.statusCode!;
          counts[status] = (counts[status] ?? 0) + 1;
          response.resume().on('end', resolve);
        }).on('error', reject);
      });
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let count = 0; count < REQUESTS / CONNECTIONS; count++) await send();
      }),
    );
    agent.destroy();
    return counts;
  }
});

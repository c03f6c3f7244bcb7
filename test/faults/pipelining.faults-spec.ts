import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceProcess } from '../support/app/service-process';
import { RawConnection } from '../support/clients/raw-connection';
import type { TestDatabase } from '../support/database/database';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { type Paced, paced, repeatDisturbedTests, timed } from '../support/pace';
import { report } from '../support/report';

const CONNECTIONS = 200;
/** What one read of a connection contains. */
const PIPELINED = 1600;
const VICTIM_REQUESTS = 40;
const VICTIM_PAUSE_MS = 50;
/** How much longer the longest wait may be than beside the same connections with one request each. */
const RATIO = 5;

repeatDisturbedTests();

describe('the service when clients pipeline requests and read nothing', () => {
  const token = randomBytes(24).toString('hex');
  let database: TestDatabase;
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    database = await createSqliteTestDatabase();
    service = await ServiceProcess.start({ ...database.env, BOOTSTRAP_TOKEN: token });
    url = await service.listening();
  });
  afterAll(async () => {
    await service.kill();
    await database.drop();
  });

  it.each(['/openapi.json', '/v1/llm-providers'])('serves others during %s', async (path) => {
    const before = await watchDuring(path, 1);
    const during = await watchDuring(path, PIPELINED);
    report(
      `${CONNECTIONS} connections × ${PIPELINED} ${path}: longest wait ${during.result} ms, ${before.result} ms with one request each`,
    );
    expect(during.result).toBeLessThan(during.limit(RATIO * before.result));
  });

  /** Sends requests on all connections, and returns the longest wait of another client in milliseconds. */
  async function watchDuring(path: string, count: number): Promise<Paced<number>> {
    const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawConnection.open(url)));
    for (const connection of connections) {
      connection.pause();
      connection.write(request.repeat(count));
    }
    const longest = await paced(async () => {
      let longestMs = 0;
      for (let index = 0; index < VICTIM_REQUESTS; index++) {
        const headers = { connection: 'close' };
        const { result, milliseconds } = await timed(() => fetch(`${url}/healthz`, { headers }));
        expect(result.status).toBe(200);
        longestMs = Math.max(longestMs, milliseconds);
        await sleep(VICTIM_PAUSE_MS);
      }
      return longestMs;
    });
    for (const connection of connections) connection.close();
    return longest;
  }
});

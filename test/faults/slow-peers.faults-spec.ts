import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceProcess } from '../support/app/service-process';
import { RawConnection } from '../support/clients/raw-connection';
import type { TestDatabase } from '../support/database/database';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { type Paced, paced, repeatDisturbedTests, timed } from '../support/pace';
import { report } from '../support/report';

const REQUEST_TIMEOUT_SECONDS = 4;
const MAX_CONNECTIONS = 200;
/** Of each kind. Together they are more than MAX_CONNECTIONS. */
const PEERS = 75;
const DRIP_MS = 500;
const VICTIM_REQUESTS = 40;
const VICTIM_PAUSE_MS = 100;
/** How much longer the longest wait may be than without the attack. */
const RATIO = 10;

type Peer = (connection: RawConnection) => string;

repeatDisturbedTests();

describe('the service when its peers are slow', () => {
  const token = randomBytes(24).toString('hex');
  let database: TestDatabase;
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    database = await createSqliteTestDatabase();
    service = await ServiceProcess.start({
      ...database.env,
      BOOTSTRAP_TOKEN: token,
      EGRESS_MODE: 'local',
      REQUEST_TIMEOUT_SECONDS: String(REQUEST_TIMEOUT_SECONDS),
      MAX_CONNECTIONS: String(MAX_CONNECTIONS),
    });
    url = await service.listening();
  });
  afterAll(async () => {
    await service.kill();
    await database.drop();
  });

  const post = (connection: RawConnection, framing: Record<string, string>) =>
    connection.writeHead('POST /v1/llm-providers', {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      ...framing,
    });

  /** Each begins a request and returns the piece that it repeats. */
  const peers: Record<string, Peer> = {
    'a body of known length': (connection) => {
      post(connection, { 'Content-Length': '200000' });
      return ' ';
    },
    'a chunked body': (connection) => {
      post(connection, { 'Transfer-Encoding': 'chunked' });
      return '1\r\n \r\n';
    },
    'a head': (connection) => {
      connection.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
      return 'x';
    },
  };

  it.each(Object.entries(peers))('returns 408 and ends the connection during %s', async (_name, begin) => {
    const connection = await RawConnection.open(url);
    await connection.drip(begin(connection), DRIP_MS);
    expect(connection.statuses).toEqual([408]);
    expect(connection.received).toContain('"code":"request.timeout"');
    expect(connection.received).toMatch(/^connection: close\r$/im);
  });

  it('serves others on new connections meanwhile', async () => {
    const before = await watchVictim();
    const attack = { isOver: false };
    const attackers = Object.values(peers).flatMap((begin) =>
      Array.from({ length: PEERS }, () => attackUntil(attack, begin)),
    );
    const during = await watchVictim();
    attack.isOver = true;
    await Promise.all(attackers);
    report(
      `${attackers.length} slow peers: longest wait ${during.result} ms, ${before.result} ms without them`,
    );
    expect(during.result).toBeLessThan(during.limit(RATIO * before.result));
  });

  /** Opens slow connections, one after another. */
  async function attackUntil(attack: { isOver: boolean }, begin: Peer): Promise<void> {
    while (!attack.isOver) {
      const connection = await RawConnection.open(url).catch(() => null);
      if (!connection) continue;
      const piece = begin(connection);
      while (!attack.isOver && !connection.isEnded) {
        connection.write(piece);
        await sleep(DRIP_MS);
      }
      connection.close();
    }
  }

  /** Returns the longest wait for a response, in milliseconds. */
  function watchVictim(): Promise<Paced<number>> {
    return paced(async () => {
      let longest = 0;
      for (let count = 0; count < VICTIM_REQUESTS; count++) {
        for (const path of ['/healthz', '/v1/llm-providers']) {
          const { result, milliseconds } = await timed(() => requestOnce(path));
          expect([path, result]).toEqual([path, 200]);
          longest = Math.max(longest, milliseconds);
        }
        await sleep(VICTIM_PAUSE_MS);
      }
      return longest;
    });
  }

  async function requestOnce(path: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}`, connection: 'close' };
    return (await fetch(`${url}${path}`, { headers })).status;
  }
});

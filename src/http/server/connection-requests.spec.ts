import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, fastify } from 'fastify';
import { RawConnection } from '../../../test/support/clients/raw-connection';
import { eventually } from '../../../test/support/eventually';
import { OpenConnections } from './open-connections';

const request = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const last = (path: string): string => request(path, 'Connection: close\r\n');

describe('the pipelined requests of a connection', () => {
  let server: FastifyInstance;
  let connections: OpenConnections;
  /** Requests that Node has parsed. */
  let parsed: number;
  let running: number;
  let maxRunning: number;
  let turns: number[];
  let opened: RawConnection[];
  let release: () => void;

  beforeEach(async () => {
    server = fastify({ bodyLimit: 1e6 });
    connections = new OpenConnections();
    connections.attach(server);
    [parsed, running, maxRunning, turns, opened] = [0, 0, 0, [], []];
    server.server.on('request', () => (parsed += 1));
    server.get('/slow/:id', async ({ params }) => {
      maxRunning = Math.max(maxRunning, ++running);
      await sleep(2);
      running -= 1;
      return `<${(params as { id: string }).id}>`;
    });
    const held = new Promise<void>((resolve) => (release = resolve));
    server.get('/held', () => held.then(() => ''));
    let turn = 0;
    const count = (): void => {
      turn += 1;
      if (server.server.listening) setImmediate(count);
    };
    server.get('/turn', () => {
      turns.push(turn);
      return '';
    });
    server.post('/echo', ({ body }) => body);
    await server.listen({ port: 0, host: '127.0.0.1' });
    count();
  });
  afterEach(async () => {
    release();
    for (const connection of opened) connection.close();
    await server.close();
  });

  async function open(): Promise<RawConnection> {
    const connection = await RawConnection.open(
      `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    );
    opened.push(connection);
    return connection;
  }

  it('run one at a time, and the responses are in order', async () => {
    const connection = await open();
    const ids = Array.from({ length: 33 }, (_, index) => index);
    const earlier = ids.slice(0, -1).map((id) => request(`/slow/${id}`));
    connection.write(earlier.join('') + last('/slow/32'));
    await connection.ended();
    expect([...connection.received.matchAll(/<(\d+)>/g)].map(([, id]) => Number(id))).toEqual(ids);
    expect(maxRunning).toBe(1);
  });

  it('run in separate turns of the event loop', async () => {
    const connection = await open();
    connection.write(request('/turn').repeat(19) + last('/turn'));
    await connection.ended();
    expect(turns).toHaveLength(20);
    expect(new Set(turns).size).toBe(20);
  });

  it('are read again after the earlier ones have their responses', async () => {
    const connection = await open();
    for (let round = 0; round < 5; round++) {
      connection.write(request('/slow/1').repeat(20));
      await connection.responses(20 * (round + 1));
    }
    expect(connection.isEnded).toBe(false);
  });

  it('may have a body that arrives later', async () => {
    const connection = await open();
    const body = JSON.stringify('x'.repeat(100_000));
    const head = `POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    connection.write(request('/slow/1').repeat(3) + head);
    await connection.responses(1);
    connection.write(body);
    await connection.ended();
    expect(connection.statuses).toEqual([200, 200, 200, 200]);
    expect(connection.received.length).toBeGreaterThan(body.length - 2);
  });

  it('close the connection when too many wait, and Node parses no more of them', async () => {
    const connection = await open();
    connection.write(request('/slow/1').repeat(1000));
    await connection.ended();
    expect(parsed).toBe(34);
    expect(maxRunning).toBe(1);
    expect([...connections]).toEqual([]);
  });

  it('close the connection when too many wait in the process', async () => {
    const many = await Promise.all(Array.from({ length: 258 }, () => open()));
    for (const connection of many) connection.write(request('/held').repeat(33));
    // Node parses one request more than may wait.
    await eventually('the requests are parsed', () => parsed >= 256 * 33 + 2);
    await sleep(100);
    expect(connections.size).toBe(256);
    release();
    const [served] = many.filter(({ isEnded }) => !isEnded);
    expect(await served!.responses(33)).toHaveLength(33);
  });

  it('are pending until the client has the last response', async () => {
    const pending: boolean[] = [];
    server.server.on('request', ({ socket }, response) => {
      response.once('close', () => pending.push(connections.pendingResponse(socket) !== null));
    });
    const connection = await open();
    connection.write(request('/slow/1').repeat(3));
    await connection.responses(3);
    expect(pending).toEqual([true, true, false]);
  });
});

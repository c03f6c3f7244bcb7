import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type FastifyInstance, fastify } from 'fastify';
import { availableConnections, limitConnections } from './connection-limit';
import { OpenConnections } from './open-connections';

const MAXIMUM = 3;

describe('availableConnections', () => {
  it.each([
    [10_000, Infinity, 10_000],
    [10_000, 1024, 960],
    [100, 1024, 100],
    [100, 10, 1],
  ])('of %i wanted with %d files is %i', (wanted, files, expected) => {
    expect(availableConnections(wanted, files)).toBe(expected);
  });

  it('keeps 64 of the files that this process may open', () => {
    const files = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
    expect(availableConnections(Infinity)).toBe(Number.isNaN(files) ? Infinity : files - 64);
  });
});

describe('limitConnections', () => {
  let server: FastifyInstance;
  let release: () => void;
  let sockets: Socket[];
  let warnings: string[];

  beforeEach(async () => {
    server = fastify();
    sockets = [];
    warnings = [];
    const held = new Promise<void>((resolve) => (release = resolve));
    const connections = new OpenConnections();
    connections.attach(server);
    limitConnections(server, connections, MAXIMUM, (line) => void warnings.push(line));
    server.get('/fast', () => 'fast');
    server.post('/slow', () => 'posted');
    server.get('/slow', async () => {
      await held;
      return 'slow';
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(async () => {
    release();
    for (const socket of sockets) socket.destroy();
    await server.close();
  });

  async function open(path?: string): Promise<Socket> {
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1').on(
      'error',
      () => undefined,
    );
    sockets.push(socket);
    await once(socket, 'connect');
    if (path) socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    return socket;
  }

  it('closes the connection that has waited the longest for a new one', async () => {
    const first = await open();
    const closed = once(first.resume(), 'close');
    for (let count = 0; count < MAXIMUM; count++) await open();
    await closed;
    expect(await text(await open('/fast'))).toMatch(/^HTTP\/1\.1 200 /);
    expect(warnings).toEqual([expect.stringContaining('MAX_CONNECTIONS')]);
  });

  it('closes a connection whose request has not arrived completely', async () => {
    const slow: Socket[] = [];
    for (let count = 0; count < MAXIMUM; count++) {
      const socket = await open();
      const arrived = new Promise((resolve) => server.server.once('request', resolve));
      socket.write(
        'POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n1',
      );
      await arrived;
      slow.push(socket.resume());
    }
    const closed = once(slow[0]!, 'close');
    expect(await text(await open('/fast'))).toMatch(/^HTTP\/1\.1 200 /);
    await closed;
  });

  it('closes a new connection while every other one has a request in progress', async () => {
    const busy: Socket[] = [];
    for (let count = 0; count < MAXIMUM; count++) {
      const arrived = new Promise((resolve) => server.server.once('request', resolve));
      busy.push(await open('/slow'));
      await arrived;
    }
    const late = await open('/fast');
    expect(await text(late).catch(() => '')).toBe('');
    release();
    for (const socket of busy) expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

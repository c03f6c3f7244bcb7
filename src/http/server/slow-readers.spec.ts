import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, fastify } from 'fastify';
import { OpenConnections } from './open-connections';
import { closeSlowReaders } from './slow-readers';

const NO_PROGRESS_MS = 600;

/** More than the buffers of both sockets. */
const RESPONSE = Buffer.alloc(64 * 2 ** 20);

describe('closeSlowReaders', () => {
  let server: FastifyInstance;
  let serverSocket: Promise<Socket>;

  beforeEach(async () => {
    server = fastify();
    const connections = new OpenConnections();
    connections.attach(server);
    closeSlowReaders(server, connections, NO_PROGRESS_MS);
    server.get('/', () => RESPONSE);
    server.get('/slow', async () => {
      await sleep(4 * NO_PROGRESS_MS);
      return 'slow';
    });
    serverSocket = once(server.server, 'connection').then(([socket]) => socket as Socket);
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => server.close());

  function get(path: string): Socket {
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1').on(
      'error',
      () => undefined,
    );
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    return socket;
  }

  it('closes a connection whose client reads nothing', async () => {
    const client = get('/').pause();
    await once(await serverSocket, 'close');
    client.destroy();
  });

  it('does not close a connection whose client reads slowly', async () => {
    const client = get('/');
    let bytes = 0;
    client.on('data', (chunk) => {
      bytes += chunk.length;
      client.pause();
      setTimeout(() => client.resume(), 2);
    });
    await once(client, 'end');
    expect(bytes).toBeGreaterThan(RESPONSE.length);
  });

  it('does not close a connection that waits for its response', async () => {
    const client = get('/slow');
    const [data] = (await once(client, 'data')) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 200 /);
    client.destroy();
  });
});

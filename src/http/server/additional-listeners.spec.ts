import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { RawConnection } from '../../../test/support/clients/raw-connection';
import { AdditionalListeners } from './additional-listeners';
import { limitConnections } from './connection-limit';
import { createFastifyAdapter } from './fastify-adapter';
import { OpenConnections } from './open-connections';

const MAXIMUM = 2;

describe('AdditionalListeners', () => {
  let server: FastifyInstance;
  let connections: OpenConnections;
  let additional: AdditionalListeners;

  beforeEach(async () => {
    const adapter = createFastifyAdapter({
      host: 'localhost',
      allowedHosts: [],
      metricsToken: null,
      requestTimeoutSeconds: 1,
      trustProxy: [],
    });
    server = adapter.getInstance<FastifyInstance>();
    connections = new OpenConnections();
    connections.attach(server);
    limitConnections(server, connections, MAXIMUM, () => undefined);
    server.get('/', () => 'served');
    additional = new AdditionalListeners(server);
    await server.listen({ port: 0, host: '127.0.0.1' });
    await additional.listen('127.0.0.2');
  });
  afterEach(() => server.close());

  const open = (host: string): Promise<RawConnection> =>
    RawConnection.open(`http://${host}:${(server.server.address() as AddressInfo).port}`);

  it('serves the same routes on each address', async () => {
    for (const host of ['127.0.0.1', '127.0.0.2']) {
      const connection = await open(host);
      connection.writeHead('GET /');
      expect(await connection.responses()).toEqual([200]);
      connection.close();
    }
  });

  it('counts the connections of all addresses for the limit', async () => {
    const oldest = await open('127.0.0.2');
    const others = [await open('127.0.0.1'), await open('127.0.0.2')];
    await oldest.ended();
    expect(connections.size).toBe(MAXIMUM);
    for (const other of others) other.close();
  });

  it('returns a problem document for a malformed request on each address', async () => {
    const connection = await open('127.0.0.2');
    connection.write('GET / HTTP/1.1\r\nHost: x\r\nBad\u0001: x\r\n\r\n');
    await connection.ended();
    expect(connection.received).toContain('application/problem+json');
  });

  it('reads every header on each address', async () => {
    const connection = await open('127.0.0.2');
    connection.write(`GET / HTTP/1.1\r\nHost: x\r\n${'a:b\r\n'.repeat(2_100)}Host: y\r\n\r\n`);
    expect(await connection.responses()).toEqual([400]);
    connection.close();
  });

  it('returns 408 for a request that takes too long to arrive', async () => {
    const connection = await open('127.0.0.2');
    connection.write('GET / HTTP/1.1\r\nHost: x\r\n');
    await connection.ended();
    expect(connection.received).toContain('"code":"request.timeout"');
  });

  it('stops listening when the server closes', async () => {
    const { port } = server.server.address() as AddressInfo;
    await server.close();
    await expect(RawConnection.open(`http://127.0.0.2:${port}`)).rejects.toThrow('ECONNREFUSED');
  });

  it('skips an address that the machine does not have', async () => {
    await additional.listen('192.0.2.1');
    expect(server.server.listening).toBe(true);
  });

  it('rejects an address whose port is in use', async () => {
    await expect(additional.listen('127.0.0.2')).rejects.toThrow('EADDRINUSE');
  });
});

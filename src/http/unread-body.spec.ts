import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { RawConnection } from '../../test/support/clients/raw-connection';
import { closeIfUnread } from './unread-body';

describe('closeIfUnread', () => {
  let server: FastifyInstance;

  beforeEach(async () => {
    server = fastify();
    server.addHook('onRequest', (request, reply, done) => {
      closeIfUnread(reply);
      // As a shutdown does after the last response of a connection.
      reply.raw.once('close', () => request.raw.socket.destroySoon());
      done(new Error('rejected'));
    });
    server.post('/', () => 'read');
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => server.close());

  it('does not reset a connection that a shutdown ends, too', async () => {
    const accepted = once(server.server, 'connection');
    const { port } = server.server.address() as AddressInfo;
    const connection = await RawConnection.open(`http://127.0.0.1:${port}`);
    const [socket] = (await accepted) as [Socket];
    connection.writeHead('POST /', { 'Content-Length': '100' });
    expect(await connection.responses()).toEqual([500]);
    // The client may have ended its unfinished body, which is another error.
    expect(socket.errored?.message).not.toBe('write after end');
    connection.close();
  });
});

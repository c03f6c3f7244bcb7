import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Lets a server that closes end as soon as its requests are answered. Node waits for every connection, and drops by
 * itself only those that are idle when the close begins: one that is kept alive after an answer, or that never sent a
 * request, would hold the process until its time-outs.
 */
export function drainConnections(fastify: FastifyInstance): void {
  const requests = new Map<Socket, number>();
  let closing = false;

  fastify.server.on('connection', (socket: Socket) => {
    requests.set(socket, 0);
    socket.once('close', () => requests.delete(socket));
  });
  fastify.server.on('request', ({ socket }, response) => {
    requests.set(socket, (requests.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const remaining = (requests.get(socket) ?? 1) - 1;
      if (!socket.destroyed) requests.set(socket, remaining);
      if (closing && remaining === 0) socket.destroySoon();
    });
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('Connection', 'close');
    done(null, payload);
  });
  fastify.addHook('preClose', (done) => {
    closing = true;
    for (const [socket, pending] of requests) if (pending === 0) socket.destroySoon();
    done();
  });
}

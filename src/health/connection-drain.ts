import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { DrainService } from './drain.service';

/** How long a connection may stay silent once the server closes, in milliseconds: its request may be under way. */
const LINGER_MS = 200;

/**
 * Lets a closing server end with its last answer. Node waits for every connection, and drops by itself only those
 * that are between two requests when the close begins: one that is kept alive after its answer, or that never asked
 * anything, would hold the process until its time-outs.
 */
export class ConnectionDrain {
  /** Requests not yet answered. */
  private readonly connections = new Map<Socket, number>();
  private closing = false;

  constructor(
    fastify: FastifyInstance,
    private readonly drain: DrainService,
  ) {
    fastify.server.on('connection', (socket: Socket) => {
      this.connections.set(socket, 0);
      socket.once('close', () => this.connections.delete(socket));
    });
    fastify.addHook('onRequest', (request, reply, done) => {
      this.count(request.socket, 1);
      // Clients that are told so open another connection, which a load balancer leads elsewhere.
      if (this.drain.isDraining) reply.header('Connection', 'close');
      done();
    });
    fastify.addHook('onResponse', (request, _reply, done) => {
      this.count(request.socket, -1);
      done();
    });
    fastify.addHook('preClose', (done) => {
      this.closing = true;
      setTimeout(() => this.dropSilent(), LINGER_MS);
      done();
    });
  }

  private count(socket: Socket, difference: number): void {
    const pending = this.connections.get(socket);
    if (pending === undefined) return;
    this.connections.set(socket, pending + difference);
    if (this.closing && pending + difference === 0) socket.destroySoon();
  }

  private dropSilent(): void {
    for (const [socket, pending] of this.connections) if (pending === 0) socket.destroySoon();
  }
}

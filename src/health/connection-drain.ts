import type { ServerResponse } from 'node:http';
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
  /** Each with the answer to the latest of its requests, sent or not. */
  private readonly connections = new Map<Socket, ServerResponse | null>();
  private closing = false;

  constructor(
    fastify: FastifyInstance,
    private readonly drain: DrainService,
  ) {
    fastify.server.on('connection', (socket: Socket) => {
      this.connections.set(socket, null);
      socket.once('close', () => this.connections.delete(socket));
    });
    fastify.addHook('onRequest', (request, reply, done) => {
      const { socket } = request.raw;
      if (this.connections.has(socket)) this.connections.set(socket, reply.raw);
      if (this.closing) this.dropAfter(reply.raw, socket);
      // Clients that are told so open another connection, which a load balancer leads elsewhere.
      if (this.drain.isDraining) reply.header('connection', 'close');
      done();
    });
    fastify.addHook('preClose', (done) => {
      this.closing = true;
      for (const [socket, answer] of this.connections) if (isPending(answer)) this.dropAfter(answer, socket);
      setTimeout(() => this.dropSilent(), LINGER_MS);
      done();
    });
  }

  private dropAfter(answer: ServerResponse, socket: Socket): void {
    answer.once('close', () => {
      if (!isPending(this.connections.get(socket))) socket.destroySoon();
    });
  }

  private dropSilent(): void {
    for (const [socket, answer] of this.connections) if (!isPending(answer)) socket.destroySoon();
  }
}

function isPending(answer: ServerResponse | null | undefined): answer is ServerResponse {
  return answer !== null && answer !== undefined && !answer.writableFinished && !answer.destroyed;
}

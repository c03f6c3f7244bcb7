import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** How long an idle connection may stay open after the server closes, in milliseconds. Its request may be on the way. */
const LINGER_MS = 200;

/**
 * Drains the server before it stops. {@link begin} marks the process as draining; when the server closes, it ends each
 * connection after its last response. Node waits for every open connection, and itself closes only those that are idle
 * at that moment. Any other keep-alive or silent connection would hold the process until it times out.
 */
@Injectable()
export class ConnectionDrain {
  /** Each open connection with the response to its latest request, sent or not. */
  private readonly connections = new Map<Socket, ServerResponse | null>();
  private draining = false;
  private closing = false;

  /** Whether this process is about to stop, so that load balancers must send it no new requests. */
  get isDraining(): boolean {
    return this.draining;
  }

  begin(): void {
    this.draining = true;
  }

  attach(fastify: FastifyInstance): void {
    fastify.server.on('connection', (socket: Socket) => {
      this.connections.set(socket, null);
      socket.once('close', () => this.connections.delete(socket));
    });
    fastify.addHook('onRequest', (request, reply, done) => {
      const { socket } = request.raw;
      if (this.connections.has(socket)) this.connections.set(socket, reply.raw);
      if (this.closing) this.closeAfter(reply.raw, socket);
      // The client then opens a new connection, which a load balancer sends to another replica.
      if (this.draining) reply.header('connection', 'close');
      done();
    });
    fastify.addHook('preClose', (done) => {
      this.closing = true;
      for (const [socket, response] of this.connections) {
        if (isPending(response)) this.closeAfter(response, socket);
      }
      setTimeout(() => this.closeIdle(), LINGER_MS);
      done();
    });
  }

  private closeAfter(response: ServerResponse, socket: Socket): void {
    response.once('close', () => {
      if (!isPending(this.connections.get(socket))) socket.destroySoon();
    });
  }

  private closeIdle(): void {
    for (const [socket, response] of this.connections) if (!isPending(response)) socket.destroySoon();
  }
}

function isPending(response: ServerResponse | null | undefined): response is ServerResponse {
  return response !== null && response !== undefined && !response.writableFinished && !response.destroyed;
}

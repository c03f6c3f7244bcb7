import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { OpenConnections } from '../http/server/open-connections';

/** How long an idle connection may stay open after the server closes, in milliseconds. Its request may be on the way. */
const LINGER_MS = 200;

/**
 * Drains the server before it stops. {@link begin} marks the process as draining; when the server closes, it ends each
 * connection after its last response. Node waits for every open connection, and itself closes only those that are idle
 * at that moment. Any other keep-alive or silent connection would hold the process until it times out.
 */
@Injectable()
export class ConnectionDrain {
  private draining = false;
  private closing = false;

  constructor(private readonly connections: OpenConnections) {}

  /** Whether this process is about to stop, so that load balancers must send it no new requests. */
  get isDraining(): boolean {
    return this.draining;
  }

  begin(): void {
    this.draining = true;
  }

  /** Call it after {@link OpenConnections.attach}. */
  attach(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      if (this.closing) this.closeAfter(reply.raw, request.raw.socket);
      // The client then opens a new connection, which a load balancer sends to another replica.
      if (this.draining) reply.header('connection', 'close');
      done();
    });
    fastify.addHook('preClose', (done) => {
      this.closing = true;
      for (const socket of this.connections) {
        const response = this.connections.pendingResponse(socket);
        if (response) this.closeAfter(response, socket);
      }
      setTimeout(() => this.closeIdle(), LINGER_MS);
      done();
    });
  }

  private closeAfter(response: ServerResponse, socket: Socket): void {
    response.once('close', () => {
      if (!this.connections.pendingResponse(socket)) socket.destroySoon();
    });
  }

  private closeIdle(): void {
    for (const socket of this.connections)
      if (!this.connections.pendingResponse(socket)) socket.destroySoon();
  }
}

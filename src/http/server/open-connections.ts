import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** The open connections of the server, the one whose latest request is the oldest first. */
@Injectable()
export class OpenConnections {
  /** Each connection with the response to its latest request, sent or not. */
  private readonly responses = new Map<Socket, ServerResponse | null>();

  get size(): number {
    return this.responses.size;
  }

  attach(fastify: FastifyInstance): void {
    const add = (socket: Socket): void => {
      this.responses.set(socket, null);
      socket.once('close', () => this.responses.delete(socket));
    };
    fastify.server.on('connection', add);
    fastify.addHook('onRequest', (request, reply, done) => {
      const { socket } = request.raw;
      // Fastify listens on a second address of localhost with another server.
      if (!this.responses.has(socket)) add(socket);
      // Deletes it first, so that it becomes the last one.
      this.responses.delete(socket);
      this.responses.set(socket, reply.raw);
      done();
    });
  }

  /** The response that a connection has not received completely, or null. */
  pendingResponse(socket: Socket): ServerResponse | null {
    const response = this.responses.get(socket);
    return response && !response.writableFinished && !response.destroyed ? response : null;
  }

  /** Whether Caret is working on a request that has arrived completely. Otherwise the connection waits for its client. */
  isWorking(socket: Socket): boolean {
    return this.pendingResponse(socket)?.req.complete ?? false;
  }

  [Symbol.iterator](): IterableIterator<Socket> {
    return this.responses.keys();
  }
}

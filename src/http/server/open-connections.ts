import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { ConnectionRequests } from './connection-requests';

/** The open connections of the server, least recently used first. */
@Injectable()
export class OpenConnections {
  private readonly requests = new Map<Socket, ConnectionRequests>();

  get size(): number {
    return this.requests.size;
  }

  /** Serves the requests of each connection one at a time. Call it before other listeners of requests are added. */
  attach({ server }: FastifyInstance): void {
    const [handle] = server.listeners('request') as [RequestListener];
    const waiting = { count: 0 };
    server.on('connection', (socket: Socket) => {
      const serve = (request: IncomingMessage, response: ServerResponse): void => {
        this.moveToEnd(socket);
        handle(request, response);
      };
      this.requests.set(socket, new ConnectionRequests(socket, waiting, serve));
      socket.once('close', () => this.requests.delete(socket));
    });
    server.off('request', handle);
    server.on('request', ({ socket }, response) => this.requests.get(socket)?.add(response));
  }

  /** The first response that the client of a connection has not received completely, or null. */
  pendingResponse(socket: Socket): ServerResponse | null {
    return this.requests.get(socket)?.pendingResponse ?? null;
  }

  /**
   * Whether Caret is working on a request that has arrived completely. Otherwise the connection waits for its client,
   * which has to send a request or to read the response.
   */
  isWorking(socket: Socket): boolean {
    const response = this.pendingResponse(socket);
    return response !== null && response.req.complete && !response.writableEnded;
  }

  [Symbol.iterator](): IterableIterator<Socket> {
    return this.requests.keys();
  }

  private moveToEnd(socket: Socket): void {
    const requests = this.requests.get(socket);
    if (!requests) return;
    this.requests.delete(socket);
    this.requests.set(socket, requests);
  }
}

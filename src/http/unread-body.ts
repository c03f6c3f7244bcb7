import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';

/** How long a client may still send after its last response, in milliseconds. */
const LINGER_MS = 1000;

/** Whether the request announces a body (RFC 9112, section 6). */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Runs `respond` immediately, or in the next turn if the request has a body. A body that arrived with its head is complete
 * then, so the connection stays usable after a rejection.
 */
export function afterShortBody(request: IncomingMessage, respond: () => void): void {
  if (hasBody(request)) setImmediate(respond);
  else respond();
}

/** Makes the response the last one of its connection if the body has not arrived completely. Nobody reads the rest. */
export function closeIfUnread(reply: FastifyReply): void {
  if (endIfUnread(reply.request.raw)) reply.header('connection', 'close');
}

/**
 * Returns whether the body has not arrived completely. The connection then ends after the response, which needs the header
 * `connection: close`.
 */
export function endIfUnread(request: IncomingMessage): boolean {
  if (request.complete || !hasBody(request)) return false;
  const { socket } = request;
  // Node calls it after the last response.
  socket.destroySoon = () => endWithLinger(socket);
  return true;
}

/**
 * Ends a connection whose client may still be sending. An immediate close would reset the connection, and the client
 * could lose the response (RFC 9112, section 9.6). What the client sends is discarded.
 */
export function endWithLinger(socket: Socket, text = ''): void {
  // A shutdown may end the connection again, which would destroy it.
  if (socket.writableEnded) return;
  socket.end(text);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

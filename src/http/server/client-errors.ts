import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../../common/ids';
import { httpProblem, knownHttpProblem } from '../problem/problem';
import { contextOf, sendProblem } from '../problem/problem.filter';
import { endWithLinger } from '../unread-body';

/** Sets the headers of every response. */
export function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
}

/** Rejects a path with an invalid percent-escape, which reaches no route and no hook. */
export function rejectMalformedPath(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const detail = 'The path is malformed. A percent sign must start an escape of UTF-8.';
  const problem = httpProblem(400, 'request.malformed', detail, contextOf(request));
  sendProblem(setCommonHeaders(request, reply), problem);
}

/** Statuses of Node's parser errors. Other errors are 400. */
const PARSER_STATUS: ReadonlyMap<string, number> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_HEADER_OVERFLOW', 431],
]);

/** A connection of Node's HTTP server. */
interface ClientSocket extends Socket {
  /** The response in progress, which is at the head of the connection. */
  readonly _httpMessage?: ServerResponse | null;
}

/** Rejects what Node's parser rejects, such as a control character in a header. It never becomes a request. */
export function rejectMalformedRequest(error: Error & { code?: string }, socket: ClientSocket): void {
  // The client may still be sending what follows the rejected request.
  if (socket.writableEnded) return;
  // The text would become a part of the response in progress.
  if (!socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const status = PARSER_STATUS.get(error.code ?? '') ?? 400;
  const context = { instance: '', traceId: newId() };
  const body = JSON.stringify(knownHttpProblem(status, context));
  endWithLinger(
    socket,
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `X-Content-Type-Options: nosniff\r\nX-Request-Id: ${context.traceId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

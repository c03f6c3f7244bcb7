import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../../common/ids';
import { formatError } from '../problem/error-format';
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

type ParserError = Error & { readonly code?: string };

/** A connection of Node's HTTP server. */
interface ClientSocket extends Socket {
  readonly server?: Server;
  /** The response in progress, which is at the head of the connection. */
  readonly _httpMessage?: ServerResponse | null;
}

/** Connections that are rejected after their response in progress. */
const waiting = new WeakSet<ClientSocket>();

/**
 * Rejects what Node's parser rejects, such as a control character in a header. It never becomes a request. Earlier
 * requests of the connection get their responses first.
 */
export function rejectMalformedRequest(error: ParserError, socket: ClientSocket): void {
  // The client may still be sending what follows the rejected request.
  if (socket.writableEnded || waiting.has(socket)) return;
  const pending = socket._httpMessage;
  if (socket.writable && pending?.req.complete) {
    waiting.add(socket);
    pending.once('close', () => {
      waiting.delete(socket);
      rejectAfterResponse(error, socket);
    });
    return;
  }
  // The text would become a part of the response in progress.
  if (!socket.writable || pending?.headersSent) {
    socket.destroy();
    return;
  }
  const status = PARSER_STATUS.get(error.code ?? '') ?? 400;
  endWithLinger(socket, rejectionText(status, socket, pending?.req));
}

/** Returns the response to a request that Node's parser rejected. `request` is its head, if that was well-formed. */
function rejectionText(
  status: number,
  { server }: ClientSocket,
  request: IncomingMessage | undefined,
): string {
  const problem = knownHttpProblem(status, { instance: '', traceId: newId() })!;
  const formatted = request ? formatError(server, request, problem) : null;
  const body = formatted?.body ?? JSON.stringify(problem);
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'x-request-id': problem.trace_id,
    ...formatted?.headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const statusLine = `HTTP/1.1 ${formatted?.status ?? status} ${STATUS_CODES[formatted?.status ?? status]}`;
  return `${statusLine}\r\n${lines.join('')}\r\n${body}`;
}

/**
 * Rejects the request that Node's parser rejected during the response before it. If its time is up, it gets the whole time
 * again, because Caret read no more of it during that response.
 */
function rejectAfterResponse(error: ParserError, socket: ClientSocket): void {
  const next = socket._httpMessage;
  const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (!isLate || !next || next.req.complete) return rejectMalformedRequest(error, socket);
  const timer = setTimeout(() => {
    if (!next.req.complete) rejectMalformedRequest(error, socket);
  }, socket.server?.requestTimeout);
  next.once('close', () => clearTimeout(timer));
}

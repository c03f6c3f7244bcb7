import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { lineWriter } from './logger';

/** Counts a request to one route for the metrics. */
export type ObserveRequest = (method: string, status: number, seconds: number) => void;

type Finish = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

/** Logged at debug, because load balancers call them every few seconds. */
const PROBES: readonly string[] = ['/healthz', '/readyz'];

/**
 * Writes one log line per request, with an allow-list of fields. The line names the route's pattern, never the path as
 * sent, because a path may contain a secret. A status of 500 or above is a warning.
 *
 * A hook on each route builds the line, without pino's formatting and Fastify's lookup of the pattern: see ADR 13.
 */
export function logRequests(
  app: NestFastifyApplication,
  logger: Logger,
  observerOf: (route: string) => ObserveRequest,
): void {
  const fastify = app.getHttpAdapter().getInstance();
  const writeWarning = lineWriter(logger, 'warn');

  function finishOf(route: string): Finish {
    const observe = observerOf(route);
    const write = lineWriter(logger, PROBES.includes(route) ? 'debug' : 'info');
    return (request, reply, done) => {
      const { statusCode, elapsedTime } = reply;
      observe(request.method, statusCode, elapsedTime / 1000);
      const fields = requestFields(request, {
        route,
        status: statusCode,
        ms: elapsedTime,
        traceId: request.id,
        address: request.ip,
      });
      (statusCode >= 500 ? writeWarning : write)(fields);
      done();
    };
  }

  fastify.addHook('onRoute', (route) => {
    route.onResponse = [route.onResponse ?? [], finishOf(route.url)].flat();
  });
  const finishUnrouted = finishOf('none');
  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.is404) finishUnrouted(request, reply, done);
    else done();
  });
}

export interface EndedRequestFacts {
  /** The pattern of the route. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly traceId: string;
  /** The client's address. Unknown if the connection ended before it was read. */
  readonly address: string | undefined;
}

/** Returns the fields of a request's log line as JSON without braces. */
export function requestFields(
  request: FastifyRequest,
  { route, status, ms, traceId, address }: EndedRequestFacts,
): string {
  const { user } = request as { user?: { accountId: string; tokenId: string } };
  const roundedMs = Math.round(ms * 1000) / 1000;
  const caller = user ? `,"account_id":"${user.accountId}","token_id":"${user.tokenId}"` : '';
  // Only the address needs escaping, because a proxy may have sent it. No other value can contain a quote.
  return `"method":"${request.method}","route":"${route}","status":${status},"ms":${roundedMs},"trace_id":"${traceId}"${caller},"address":${JSON.stringify(address ?? null)}`;
}

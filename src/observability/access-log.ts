import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { lineWriter } from './logger';

/** Counts a request to one route for the metrics. */
export type ObserveRequest = (method: string, status: number, seconds: number) => void;

type Finish = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

/**
 * One line a request, of an allow-list of facts: the route's pattern and never the path as sent, which may hold
 * anything. Those with a status of 500 or more are warnings.
 *
 * Written by hand, by a hook of each route that knows its pattern: a request to the routing table costs so little that
 * pino's formatting, or Fastify's look-up of the pattern, would be a tenth of it.
 */
export function logRequests(
  app: NestFastifyApplication,
  logger: Logger,
  observerOf: (route: string) => ObserveRequest,
): void {
  const fastify = app.getHttpAdapter().getInstance();
  const writeInfo = lineWriter(logger, 'info');
  const writeWarning = lineWriter(logger, 'warn');

  function finishOf(route: string): Finish {
    const observe = observerOf(route);
    return (request, reply, done) => {
      const { user } = request as { user?: { accountId: string; tokenId: string } };
      const { statusCode, elapsedTime } = reply;
      observe(request.method, statusCode, elapsedTime / 1000);
      const ms = Math.round(elapsedTime * 1000) / 1000;
      const caller = user ? `,"account_id":"${user.accountId}","token_id":"${user.tokenId}"` : '';
      // Method, ids and the pattern are of a few plain characters each; an address may be a proxy's word.
      const fields = `"method":"${request.method}","route":"${route}","status":${statusCode},"ms":${ms},"trace_id":"${request.id}"${caller},"address":${JSON.stringify(request.ip)}`;
      (statusCode >= 500 ? writeWarning : writeInfo)(fields);
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

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { lineWriter } from './logger';

/** Counts a request for the metrics. */
export type ObserveRequest = (method: string, route: string, status: number, seconds: number) => void;

/**
 * One line a request, of an allow-list of facts: the route's pattern and never the path as sent, which may hold
 * anything. Those with a status of 500 or more are warnings.
 *
 * Written by hand: a request to the routing table costs so little that pino's own formatting would be a tenth of it.
 */
export function logRequests(app: NestFastifyApplication, logger: Logger, observe: ObserveRequest): void {
  const fastify = app.getHttpAdapter().getInstance();
  const writeInfo = lineWriter(logger, 'info');
  const writeWarning = lineWriter(logger, 'warn');
  fastify.addHook('onResponse', (request, reply, done) => {
    const { user } = request as { user?: { accountId: string; tokenId: string } };
    const route = request.routeOptions.url ?? 'none';
    const { statusCode, elapsedTime } = reply;
    observe(request.method, route, statusCode, elapsedTime / 1000);
    const ms = Math.round(elapsedTime * 1000) / 1000;
    const caller = user ? `,"account_id":"${user.accountId}","token_id":"${user.tokenId}"` : '';
    // Method, ids and the pattern are of a few plain characters each; an address may be a proxy's word.
    const fields = `"method":"${request.method}","route":"${route}","status":${statusCode},"ms":${ms},"trace_id":"${request.id}"${caller},"address":${JSON.stringify(request.ip)}`;
    (statusCode >= 500 ? writeWarning : writeInfo)(fields);
    done();
  });
}

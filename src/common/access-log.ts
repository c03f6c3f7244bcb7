import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';

/** Counts a request for the metrics. */
export type ObserveRequest = (method: string, route: string, status: number, seconds: number) => void;

/**
 * One line a request, of an allow-list of facts: the route's pattern and never the path as sent, which may hold
 * anything. Those with a status of 500 or more are warnings.
 */
export function logRequests(app: NestFastifyApplication, logger: Logger, observe: ObserveRequest): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onResponse', (request, reply, done) => {
    const { user } = request as { user?: { accountId: string; tokenId: string } };
    const route = request.routeOptions.url ?? 'none';
    observe(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    logger[reply.statusCode >= 500 ? 'warn' : 'info']({
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 1000) / 1000,
      trace_id: request.id,
      account_id: user?.accountId,
      token_id: user?.tokenId,
      address: request.ip,
    });
    done();
  });
}

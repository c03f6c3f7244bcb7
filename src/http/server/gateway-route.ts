import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route belongs to the gateway, which reads bodies and writes responses without Fastify. */
    readonly isGateway?: boolean;
  }
}

/** Milliseconds for the body of a gateway route to arrive. Agents send megabytes over slow lines. */
export const GATEWAY_BODY_TIMEOUT_MS = 120_000;

export function isGatewayRoute(request: FastifyRequest): boolean {
  return request.routeOptions.config.isGateway === true;
}

/** A response whose sender closes the connection itself if the client does not read. */
export interface WatchedResponse extends ServerResponse {
  isWatched?: boolean;
}

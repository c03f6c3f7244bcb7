import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLocalhost } from '../../common/is-localhost';
import { type AppConfig, isLoopback } from '../../config/config';
import { httpProblem } from '../problem/problem';
import { contextOf, sendProblem } from '../problem/problem.filter';
import { hostOfTarget } from './request-target';

/** Routes that need no token and reveal something about this instance. */
const REVEALING = ['/readyz', '/metrics'];

/**
 * On a loopback address, rejects requests to revealing routes by another name. A page in a browser could otherwise read
 * them, if its own name resolves to a loopback address (DNS rebinding). Call it before the routes are registered.
 */
export function rejectForeignHosts(
  fastify: FastifyInstance,
  { host, allowedHosts, metricsToken }: Pick<AppConfig, 'host' | 'allowedHosts' | 'metricsToken'>,
): void {
  if (!isLoopback(host)) return;
  const check = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const hosts = [request.headers.host, hostOfTarget(request.originalUrl)];
    if (hosts.every((name) => isAllowed(name, allowedHosts))) return done();
    const detail =
      'This route does not serve this Host. Send a loopback address, or ask the operator to add the host to ALLOWED_HOSTS.';
    sendProblem(reply, httpProblem(421, 'request.host_not_allowed', detail, contextOf(request)));
  };
  fastify.addHook('onRoute', (route) => {
    const isOpen = route.url !== '/metrics' || metricsToken === null;
    if (isOpen && REVEALING.includes(route.url)) route.onRequest = [route.onRequest ?? [], check].flat();
  });
}

/** Whether a host names this machine or is in `allowedHosts`. Browsers always send one, so a request without it is allowed. */
export function isAllowed(host: string | undefined, allowedHosts: readonly string[]): boolean {
  if (host === undefined) return true;
  const name = hostName(host);
  return isLocalhost(name) || isLoopback(name) || allowedHosts.some((allowed) => hostName(allowed) === name);
}

/** Returns the name or the address in lower case, without port, brackets and final dot. */
function hostName(header: string): string {
  const host = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header.toLowerCase());
  return (host?.[1] ?? host?.[2] ?? header.toLowerCase()).replace(/\.$/, '');
}

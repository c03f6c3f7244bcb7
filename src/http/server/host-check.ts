import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
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

/** A request without a host, which only HTTP/1.0 allows, does not come from a browser. */
export function isAllowed(header: string | undefined, allowedHosts: readonly string[]): boolean {
  if (header === undefined) return true;
  const name = hostName(header);
  return isLocalName(name) || allowedHosts.some((allowed) => hostName(allowed) === name);
}

/** Returns the name or the address in lower case, without port, brackets and final dot. */
function hostName(header: string): string {
  const host = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header.toLowerCase());
  return (host?.[1] ?? host?.[2] ?? header.toLowerCase()).replace(/\.$/, '');
}

function isLocalName(name: string): boolean {
  if (isLocalhost(name)) return true;
  // Not 127.1 or 2130706433, which no browser sends.
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(name) || ipaddr.IPv6.isValid(name);
  return isAddress && ipaddr.process(name).range() === 'loopback';
}

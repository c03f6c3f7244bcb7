import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { AppConfig } from '../../config/config';
import { httpProblem, knownHttpProblem, type ProblemBody } from '../problem/problem';
import { contextOf, sendProblem } from '../problem/problem.filter';
import { countHeader } from '../raw-headers';
import { matchesNone } from '../response/etag';
import { serializeResponse } from '../response/serialize-response';
import { afterShortBody } from '../unread-body';
import { rejectMalformedPath, rejectMalformedRequest, setCommonHeaders } from './client-errors';
import { GATEWAY_BODY_TIMEOUT_MS, isGatewayRoute } from './gateway-route';
import { rejectForeignHosts } from './host-check';
import { acceptStrictJsonOnly, type IdentifiedRequest } from './json-body-parser';
import { hasValidAuthority, toOriginForm } from './request-target';
import { UnsentResponses } from './unsent-responses';

/** Milliseconds for the head of a request to arrive. */
const HEAD_TIMEOUT_MS = 15_000;

/** Milliseconds for a whole request. Longer than head and body of any route, so that each route rejects its own slow bodies. */
const REQUEST_TIMEOUT_MS = HEAD_TIMEOUT_MS + GATEWAY_BODY_TIMEOUT_MS + 15_000;

/** How long an idle connection stays open, in milliseconds. Longer than the 60 seconds of common load balancers. */
const KEEP_ALIVE_MS = 75_000;

/** Milliseconds between two searches for requests that are too slow. */
const TIMEOUT_CHECK_MS = 5000;

export type ServerConfig = Pick<
  AppConfig,
  'host' | 'allowedHosts' | 'metricsToken' | 'requestTimeoutSeconds' | 'trustProxy'
>;

/** Serializes the results of routes in `reply`, which needs neither an rxjs pipeline nor a Fastify hook (see ADR 13). */
class SerializingAdapter extends FastifyAdapter {
  override reply(reply: FastifyReply, result: unknown, statusCode = reply.statusCode): FastifyReply {
    const payload = serializeResponse(result, reply.code(statusCode));
    const { statusOverride } = reply.request as FastifyRequest & StatusOverride;
    if (statusOverride !== null) return reply.code(statusOverride).send(payload);
    if (isUnchanged(reply)) return reply.code(304).removeHeader('content-type').send();
    return reply.send(payload);
  }
}

/**
 * Creates Fastify for Caret: strict JSON bodies within a budget, request ids and deadlines, 405 for known paths, and 406
 * for formats other than JSON.
 */
export function createFastifyAdapter(config: ServerConfig): FastifyAdapter {
  const { trustProxy } = config;
  const requestTimeout = config.requestTimeoutSeconds * 1000;
  const adapter = new SerializingAdapter({
    requestTimeout: Math.max(REQUEST_TIMEOUT_MS, HEAD_TIMEOUT_MS + requestTimeout),
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: Math.min(HEAD_TIMEOUT_MS, requestTimeout),
      connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, requestTimeout),
      // Caret rejects it itself, with a problem document.
      requireHostHeader: false,
    },
    rewriteUrl: ({ url = '' }) => toOriginForm(url),
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      requestId(request.headers),
    // Longer than any request line that Node accepts, so that a long id is 404 and not another error.
    routerOptions: { maxParamLength: 16_384 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: rejectMalformedRequest,
    frameworkErrors: rejectMalformedPath,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  // By default, Node ignores headers beyond a number. All together have at most 16 KiB.
  fastify.server.maxHeadersCount = 0;
  acceptStrictJsonOnly(fastify, requestTimeout);
  handleExpectations(fastify.server);
  countUnsentResponses(fastify);
  fastify.decorateRequest('statusOverride', null);
  const routes = watchRoutes(fastify);
  // One hook without a promise, because every request runs it.
  fastify.addHook('onRequest', (request, reply, done) => {
    // The connection has had its last response (RFC 9112, section 9.6).
    if (request.raw.socket.writableEnded) return;
    setCommonHeaders(request, reply);
    const rejection =
      rejectTarget(request) ??
      rejectHost(request) ??
      (request.is404 ? rejectUnknownRoute(request, reply, routes) : null) ??
      rejectFormat(request);
    if (rejection) afterShortBody(request.raw, () => void sendProblem(reply, rejection));
    else done();
  });
  rejectForeignHosts(fastify, config);
  return adapter;
}

/**
 * Returns the client's id if it is a plain word, which is safe in logs and headers. Otherwise creates a random id, which
 * is cheaper than a UUIDv7: request ids need no order.
 */
function requestId(headers: Record<string, string | string[] | undefined>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID();
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The unsent bodies of all routes. Gateway routes add their own, which pass no hook. */
    readonly unsentResponses: UnsentResponses;
  }
}

/** Counts the bodies of routes and of problems. */
function countUnsentResponses(fastify: FastifyInstance): void {
  const unsent = new UnsentResponses();
  fastify.decorate('unsentResponses', unsent);
  fastify.addHook('onSend', (request: IdentifiedRequest, reply, payload, done) => {
    if (typeof payload === 'string' || Buffer.isBuffer(payload))
      unsent.add(request.user?.accountId ?? '', reply.raw, payload);
    done();
  });
}

/**
 * Sends `100 Continue` when the body is about to be read, not to a rejected request. Ignores other expectations (RFC
 * 9110, section 10.1.1), to which Node would respond with 417 itself.
 */
function handleExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
  server.on('checkContinue', (request, response) => {
    request.once('resume', () => {
      if (!response.headersSent) response.writeContinue();
    });
    server.emit('request', request, response);
  });
}

interface KnownRoute {
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: number;
}

function watchRoutes(fastify: FastifyInstance): readonly KnownRoute[] {
  const routes: KnownRoute[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
    const parameters = url.split(':').length - 1;
    for (const name of [method].flat()) routes.push({ method: name, pattern, parameters });
  });
  return routes;
}

/**
 * Rejects an unknown path with 404, and a path that exists with other methods with 405 and `Allow` (RFC 9110, section
 * 15.5.6).
 */
function rejectUnknownRoute(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly KnownRoute[],
): ProblemBody | null {
  const context = contextOf(request);
  const path = request.url.split('?', 1)[0]!;
  const matching = routes.filter(({ pattern }) => pattern.test(path));
  if (matching.length === 0) return knownHttpProblem(404, context);
  // A path without a parameter is a resource of its own, even if another path has a parameter in that place.
  const fewest = Math.min(...matching.map(({ parameters }) => parameters));
  const own = matching.filter(({ parameters }) => parameters === fewest);
  const allowed = [...new Set(own.map(({ method }) => method))].join(', ');
  reply.header('allow', allowed);
  const detail = `This path does not allow ${request.method}. Use ${allowed}.`;
  return httpProblem(405, 'route.method_not_allowed', detail, context);
}

/**
 * Rejects a request without Host, and one with two, of which servers on the way could read the other one (RFC 9112,
 * section 3.2).
 */
function rejectHost(request: FastifyRequest): ProblemBody | null {
  const { rawHeaders, httpVersion } = request.raw;
  const count = countHeader(rawHeaders, 'host');
  if (count === 1 || (count === 0 && httpVersion === '1.0')) return null;
  const detail = `The request has ${count === 0 ? 'no' : 'more than one'} Host header. Send one.`;
  return httpProblem(400, 'request.malformed', detail, contextOf(request));
}

function rejectTarget(request: FastifyRequest): ProblemBody | null {
  if (hasValidAuthority(request.originalUrl)) return null;
  return httpProblem(
    400,
    'request.malformed',
    'The host of the request target is malformed.',
    contextOf(request),
  );
}

function rejectFormat(request: FastifyRequest): ProblemBody | null {
  if (acceptsJson(request) || isGatewayRoute(request)) return null;
  const detail = 'Responses are application/json. Send an Accept header that allows it.';
  return httpProblem(406, 'request.not_acceptable', detail, contextOf(request));
}

/** Whether the client already has the response of a read (RFC 9110, section 13.2.2). */
function isUnchanged(reply: FastifyReply): boolean {
  const { request } = reply;
  const known = request.headers['if-none-match'];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (known === undefined || !isRead || reply.statusCode !== 200) return false;
  const etag = reply.getHeader('etag');
  return typeof etag === 'string' && matchesNone(known, etag);
}

/** A request whose response has another status than its route declares. Nest allows one status for each route. */
export interface StatusOverride {
  statusOverride: number | null;
}

function acceptsJson(request: FastifyRequest): boolean {
  const accept = request.headers.accept;
  if (!accept || !request.url.startsWith('/v1/')) return true;
  return accept
    .split(',')
    .some((part) =>
      /^\s*(\*\/\*|application\/(\*|json|problem\+json))\s*(;(?!.*q=0(\.0*)?\s*$).*)?$/i.test(part),
    );
}

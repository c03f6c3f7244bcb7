import { randomUUID } from 'node:crypto';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { httpProblem, type ProblemBody } from '../problem/problem';
import { contextOf, sendProblem } from '../problem/problem.filter';
import { parseStrictJson } from '../request/strict-json';
import { matchesNone } from '../response/etag';
import { serializeResponse } from '../response/serialize-response';
import { rejectMalformedRequest, rejectMalformedPath } from './client-errors';

const BODY_LIMIT_BYTES = 256 * 1024;

/** Serializes the results of routes in `reply`, which needs neither an rxjs pipeline nor a Fastify hook (see ADR 13). */
class SerializingAdapter extends FastifyAdapter {
  override reply(reply: FastifyReply, result: unknown, statusCode = reply.statusCode): FastifyReply {
    const payload = serializeResponse(result, reply.code(statusCode));
    const { statusOverride } = reply.request as FastifyRequest & StatusOverride;
    if (statusOverride !== null) return reply.code(statusOverride).send(payload);
    return isUnchanged(reply) ? reply.code(304).removeHeader('content-type').send() : reply.send(payload);
  }
}

/** Creates Fastify for Caret: strict JSON bodies, request ids, 405 for known paths, 406 for formats other than JSON. */
export function createFastifyAdapter(trustProxy: readonly string[]): FastifyAdapter {
  const adapter = new SerializingAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
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
  acceptStrictJsonOnly(fastify);
  fastify.decorateRequest('statusOverride', null);
  const routes = watchRoutes(fastify);
  // One hook without a promise, because every request runs it.
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const rejection = (request.is404 && rejectMethod(request, reply, routes)) || rejectFormat(request);
    if (rejection) sendProblem(reply, rejection);
    else done();
  });
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

function acceptStrictJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (request.headers['content-encoding'] || (charset && !/^utf-?8$/i.test(charset))) {
      done(new UnsupportedMediaTypeException());
      return;
    }
    // Many clients send a content type with every request, even without a body.
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    try {
      done(null, parseStrictJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
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

/** Rejects a path that exists with other methods: 405 with `Allow` (RFC 9110, section 15.5.6). */
function rejectMethod(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly KnownRoute[],
): ProblemBody | null {
  const context = contextOf(request);
  const matching = routes.filter(({ pattern }) => pattern.test(context.instance));
  if (matching.length === 0) return null;
  // A path without a parameter is a resource of its own, even if another path has a parameter in that place.
  const fewest = Math.min(...matching.map(({ parameters }) => parameters));
  const own = matching.filter(({ parameters }) => parameters === fewest);
  const allowed = [...new Set(own.map(({ method }) => method))].join(', ');
  reply.header('allow', allowed);
  const detail = `This path does not allow ${request.method}. Use ${allowed}.`;
  return httpProblem(405, 'route.method_not_allowed', detail, context);
}

function rejectFormat(request: FastifyRequest): ProblemBody | null {
  if (acceptsJson(request)) return null;
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

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

/**
 * Nest hands what a route returns to `reply`, whoever intercepted it. Represented there, and not in an interceptor or a
 * hook, it costs a request neither an rxjs pipeline nor a turn of Fastify's.
 */
class SerializingAdapter extends FastifyAdapter {
  override reply(reply: FastifyReply, result: unknown, statusCode = reply.statusCode): FastifyReply {
    const payload = serializeResponse(result, reply.code(statusCode));
    const { statusOverride } = reply.request as FastifyRequest & StatusOverride;
    if (statusOverride !== null) return reply.code(statusOverride).send(payload);
    return isUnchanged(reply) ? reply.code(304).removeHeader('content-type').send() : reply.send(payload);
  }
}

/** Fastify as Caret needs it: strict JSON bodies only, request ids, 404 told from 405, 406 for other formats. */
export function createFastifyAdapter(trustProxy: readonly string[]): FastifyAdapter {
  const adapter = new SerializingAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      requestId(request.headers),
    // Beyond any request line that Node takes, so that a long id is unknown and not an error of another kind.
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
  // One hook, and no promise in it: every request pays for each.
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const refusal = (request.is404 && rejectMethod(request, reply, routes)) || rejectFormat(request);
    if (refusal) sendProblem(reply, refusal);
    else done();
  });
  return adapter;
}

/**
 * The client's own id where it is a plain word, so that it can go into logs and headers unchanged. Its own ids order
 * nothing, and `randomUUID` draws its randomness for many at once: a tenth of the cost of a UUIDv7.
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
    // Many clients name a type on every request, also where they send nothing.
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

/** A path that exists with other methods is 405 with `Allow` (RFC 9110, section 15.5.6). */
function rejectMethod(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly KnownRoute[],
): ProblemBody | null {
  const context = contextOf(request);
  const matching = routes.filter(({ pattern }) => pattern.test(context.instance));
  if (matching.length === 0) return null;
  // A word in a place where others have an id is a resource of its own.
  const fewest = Math.min(...matching.map(({ parameters }) => parameters));
  const own = matching.filter(({ parameters }) => parameters === fewest);
  const allowed = [...new Set(own.map(({ method }) => method))].join(', ');
  reply.header('allow', allowed);
  const detail = `This path takes ${allowed}.`;
  return httpProblem(405, 'route.method_not_allowed', detail, context);
}

function rejectFormat(request: FastifyRequest): ProblemBody | null {
  if (acceptsJson(request)) return null;
  const detail = 'Answers are application/json.';
  return httpProblem(406, 'request.not_acceptable', detail, contextOf(request));
}

/** A read whose answer the client has already (RFC 9110, section 13.2.2). */
function isUnchanged(reply: FastifyReply): boolean {
  const { request } = reply;
  const known = request.headers['if-none-match'];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (known === undefined || !isRead || reply.statusCode !== 200) return false;
  const etag = reply.getHeader('etag');
  return typeof etag === 'string' && matchesNone(known, etag);
}

/** Nest gives a route one status; an answer that needs another says so on its request. */
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

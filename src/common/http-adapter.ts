import { UnsupportedMediaTypeException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { matchesNone } from './etag';
import { newId } from './ids';
import { httpProblem } from './problem';
import { contextOf, sendProblem } from './problem.filter';
import { parseStrictJson } from './strict-json';
import { refuseUnparsable, refuseUnroutable } from './unparsable-requests';

const BODY_LIMIT_BYTES = 256 * 1024;

/** Fastify as Caret needs it: strict JSON bodies only, request ids, 404 told from 405, 406 for other formats. */
export function createHttpAdapter(trustProxy: readonly string[]): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      requestId(request.headers),
    // Beyond any request line that Node takes, so that a long id is unknown and not an error of another kind.
    routerOptions: { maxParamLength: 16_384 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: refuseUnparsable,
    frameworkErrors: refuseUnroutable,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  acceptStrictJsonOnly(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    done();
  });
  answerUnknownRoutes(fastify);
  answerUnchanged(fastify);
  overrideStatus(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    if (!acceptsJson(request)) {
      const detail = 'Answers are application/json.';
      return sendProblem(
        reply,
        httpProblem(406, 'Not acceptable', 'request.not_acceptable', detail, contextOf(request)),
      );
    }
  });
  return adapter;
}

/** The client's own id where it is a plain word, so that it can go into logs and headers unchanged. */
function requestId(headers: Record<string, string | string[] | undefined>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : newId();
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

/** A path that exists with other methods is 405 with `Allow` (RFC 9110, section 15.5.6). */
function answerUnknownRoutes(fastify: FastifyInstance): void {
  const routes: { method: string; pattern: RegExp }[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
    for (const name of [method].flat()) routes.push({ method: name, pattern });
  });
  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const context = contextOf(request);
    const allowed = routes
      .filter(({ pattern }) => pattern.test(context.instance))
      .map(({ method }) => method);
    if (allowed.length === 0) return;
    reply.header('Allow', [...new Set(allowed)].join(', '));
    const detail = `This path takes ${[...new Set(allowed)].join(', ')}.`;
    return sendProblem(
      reply,
      httpProblem(405, 'Method not allowed', 'route.method_not_allowed', detail, context),
    );
  });
}

/** 304 for a read whose answer the client has already (RFC 9110, section 13.2.2). */
function answerUnchanged(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    const etag = reply.getHeader('ETag');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || reply.statusCode !== 200 || typeof etag !== 'string') return payload;
    if (!matchesNone(request.headers['if-none-match'], etag)) return payload;
    reply.code(304).removeHeader('Content-Type');
    return '';
  });
}

/** Nest gives a route one status; an answer that needs another says so on its request. */
export interface AnswerStatus {
  answerStatus: number | null;
}

function overrideStatus(fastify: FastifyInstance): void {
  fastify.decorateRequest('answerStatus', null);
  fastify.addHook('onSend', async (request, reply, payload) => {
    const { answerStatus } = request as FastifyRequest & AnswerStatus;
    if (answerStatus !== null && reply.statusCode < 300) reply.code(answerStatus);
    return payload;
  });
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

import type { FastifyReply } from 'fastify';
import { Page } from '../../common/pagination';
import { shownOnce, withoutField } from '../route/shown-once.decorator';
import { etagOf, etagOfText } from './etag';
import { HttpResponse, SerializedJson } from './http-response';

/**
 * Serializes the result of a route and sets its headers: ETag, Location of a new resource, Link to the next page.
 *
 * Header names are in lower case, because Fastify folds other names at each call (measured: see ADR 13).
 */
export function serializeResponse(result: unknown, reply: FastifyReply): unknown {
  if (typeof result !== 'object' || result === null) return result;
  if (!(result instanceof HttpResponse)) return serializeBody(result, null, reply);
  reply.headers(result.headers);
  const { body, etag, nextCursor } = result;
  if (nextCursor !== null) linkNextPage(reply, nextCursor);
  return typeof body === 'object' && body !== null ? serializeBody(body, etag, reply) : body;
}

function serializeBody(body: object, knownEtag: string | null, reply: FastifyReply): string | Buffer {
  const { request } = reply;
  if (body instanceof Page && body.nextCursor !== null) linkNextPage(reply, body.nextCursor);
  if (reply.statusCode === 201 && 'id' in body) {
    reply.header('location', `${request.url.split('?', 1)[0]}/${String(body.id)}`);
  }
  const content: unknown = body instanceof Page ? body.items : body;
  const text = toJson(content);
  reply.header('content-type', 'application/json; charset=utf-8');
  if (!isResource(request.method, reply.statusCode)) {
    reply.header('cache-control', 'no-store');
    return text;
  }
  const secretField = shownOnce(request);
  const etag = knownEtag ?? (secretField ? etagOf(withoutField(body, secretField)) : etagOfText(text));
  reply.header('etag', etag).header('cache-control', secretField ? 'no-store' : 'private, no-cache');
  return text;
}

function toJson(content: unknown): string | Buffer {
  if (content instanceof SerializedJson) return content.text;
  return Buffer.isBuffer(content) ? content : JSON.stringify(content);
}

/** Whether the response is the resource, as for reads, updates and creations. Other POSTs return a result. */
function isResource(method: string, status: number): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'PATCH' || status === 201;
}

function linkNextPage(reply: FastifyReply, cursor: string): void {
  reply.header('link', `<${nextUrl(reply.request.url, cursor)}>; rel="next"`);
}

function nextUrl(url: string, cursor: string): string {
  const [path, query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}

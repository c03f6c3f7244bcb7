import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Answer } from './answer';
import { etagOf, etagOfText } from './etag';
import { Page } from './pagination';

const SHOWN_ONCE = 'caret:shown-once';

/** A field of the answer that no later answer repeats: it counts neither for the ETag nor for a replay. */
export const ShownOnce = (field: string): MethodDecorator => SetMetadata(SHOWN_ONCE, field);

export function shownOnce(reflector: Reflector, context: ExecutionContext): string | undefined {
  return reflector.get<string | undefined>(SHOWN_ONCE, context.getHandler());
}

export function withoutField(body: object, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
}

/** Serialises an answer once, and gives it its headers: ETag, Location of what was created, Link to the next page. */
@Injectable()
export class RepresentationInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((body: unknown) => this.represent(body, context)));
  }

  private represent(result: unknown, context: ExecutionContext): unknown {
    if (typeof result !== 'object' || result === null) return result;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { body, headers, etag: known } = result instanceof Answer ? result : new Answer(result);
    reply.headers(headers);
    if (typeof body !== 'object' || body === null) return body;
    const path = request.url.split('?', 1)[0]!;
    if (body instanceof Page && body.nextCursor !== null) {
      reply.header('Link', `<${nextUrl(request.url, body.nextCursor)}>; rel="next"`);
    }
    if (reply.statusCode === 201 && 'id' in body) reply.header('Location', `${path}/${String(body.id)}`);
    const content: unknown = body instanceof Page ? body.items : body;
    const text = Buffer.isBuffer(content) ? content : JSON.stringify(content);
    reply.header('Content-Type', 'application/json; charset=utf-8');
    if (!isResource(request.method, reply.statusCode)) {
      reply.header('Cache-Control', 'no-store');
      return text;
    }
    const secretField = shownOnce(this.reflector, context);
    const etag = known ?? (secretField ? etagOf(withoutField(body, secretField)) : etagOfText(text));
    reply.header('ETag', etag).header('Cache-Control', secretField ? 'no-store' : 'private, no-cache');
    return text;
  }
}

/** Reads, changes and creations answer with the resource; other POSTs with the outcome of an action. */
function isResource(method: string, status: number): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'PATCH' || status === 201;
}

function nextUrl(url: string, cursor: string): string {
  const [path, query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}

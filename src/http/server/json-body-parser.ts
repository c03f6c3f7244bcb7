import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseStrictJson } from '../request/strict-json';
import { BodyBudget } from './body-budget';
import { readBody } from './read-body';

/** A request whose caller is authenticated before its body is read. */
export interface IdentifiedRequest extends FastifyRequest {
  readonly user?: { readonly accountId: string };
}

/** Accepts strict JSON in UTF-8 only, which must arrive within `timeoutMs` after its head. */
export function acceptStrictJsonOnly(fastify: FastifyInstance, timeoutMs: number): void {
  const budget = new BodyBudget();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', (request: IdentifiedRequest, payload, done) => {
    const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (request.headers['content-encoding'] || (charset && !/^utf-?8$/i.test(charset))) {
      done(new UnsupportedMediaTypeException());
      return;
    }
    const limits = { budget, caller: request.user?.accountId ?? '', timeoutMs };
    readBody(payload, limits, (error, body) => {
      if (error) return done(error);
      let value: unknown;
      try {
        // Many clients send a content type with every request, even without a body.
        value = body.length === 0 ? undefined : parseStrictJson(body);
      } catch (failure) {
        return done(failure as Error);
      }
      done(null, value);
    });
  });
}

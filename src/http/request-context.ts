import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The request. Nest's own way, `switchToHttp`, makes three functions at each call, of which a request has several. */
export function requestOf<T extends FastifyRequest = FastifyRequest>(context: ArgumentsHost): T {
  return context.getArgByIndex<T>(0);
}

export function replyOf(context: ArgumentsHost): FastifyReply {
  return context.getArgByIndex<FastifyReply>(1);
}

/** A fact of a route, read from its decorators once: metadata is searched along the prototypes at each call. */
export function onceForRoute<T>(read: (context: ExecutionContext) => T): (context: ExecutionContext) => T {
  const facts = new Map<object, T>();
  return (context) => {
    const handler = context.getHandler();
    const known = facts.get(handler);
    if (known !== undefined || facts.has(handler)) return known as T;
    const fact = read(context);
    facts.set(handler, fact);
    return fact;
  };
}

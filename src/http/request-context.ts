import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Returns the request. Nest's `switchToHttp` creates three functions at each call (measured: see ADR 13). */
export function requestOf<T extends FastifyRequest = FastifyRequest>(context: ArgumentsHost): T {
  return context.getArgByIndex<T>(0);
}

export function replyOf(context: ArgumentsHost): FastifyReply {
  return context.getArgByIndex<FastifyReply>(1);
}

/** Reads a fact of a route from its decorators once, because each read searches the prototype chain. */
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

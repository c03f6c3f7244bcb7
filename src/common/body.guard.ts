import { type CanActivate, type ExecutionContext, Injectable, SetMetadata, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { validBody } from './valid-body';

const BODY = 'caret:body';

/** The DTO of a route's body. */
export const TakesBody = (dto: Type): MethodDecorator => SetMetadata(BODY, dto);

/**
 * Lets in only bodies that are valid, as instances of the route's DTO; a route that declares none sees none.
 *
 * Not a pipe: Nest runs pipes on every parameter of a handler, each behind half a dozen promises.
 */
@Injectable()
export class BodyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const dto = this.reflector.get<Type | undefined>(BODY, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.body = dto && validBody(request.body, dto);
    return true;
  }
}

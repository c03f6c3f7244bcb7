import { type CanActivate, type ExecutionContext, Injectable, SetMetadata, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { onceForRoute, requestOf } from '../request-context';
import { validateBody } from './validate-body';

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
  private readonly dtoOf = onceForRoute((context) =>
    this.reflector.get<Type | undefined>(BODY, context.getHandler()),
  );

  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const dto = this.dtoOf(context);
    const request = requestOf(context);
    request.body = dto && validateBody(request.body, dto);
    return true;
  }
}

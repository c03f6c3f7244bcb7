import { type CanActivate, type ExecutionContext, Injectable, SetMetadata, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { onceForRoute, requestOf } from '../request-context';
import { validateBody } from './validate-body';

const BODY = 'caret:body';

/** Declares the DTO of a route's body. */
export const TakesBody = (dto: Type): MethodDecorator => SetMetadata(BODY, dto);

/**
 * Admits only bodies that are valid for the route's DTO, and removes the body for a route without a DTO.
 *
 * It is a guard, because Nest runs a pipe on every parameter of a handler (measured: see ADR 13).
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

import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError } from '../common/domain-error';
import { onceForRoute, requestOf } from '../http/request-context';
import type { AuthenticatedRequest } from './caller';
import { hasScope, type Scope } from './scopes';
import { tokenSourceRejection } from './token-source';

const PUBLIC = 'caret:public';
const REQUIRED_SCOPE = 'caret:scope';

/** Makes a route public: it needs no token. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Sets the scope that a route requires. A route without it accepts any valid token. */
export const NeedsScope = (scope: Scope): MethodDecorator & ClassDecorator =>
  SetMetadata(REQUIRED_SCOPE, scope);

/** The access rule of a route, or null if the route is public. */
type Access = { readonly scope: Scope | undefined } | null;

/**
 * Requires a caller with the scope of the route. {@link BearerAuthentication} has authenticated the caller before the
 * body was read. Responses with 403 contain the challenge of RFC 6750.
 */
@Injectable()
export class BearerGuard implements CanActivate {
  private readonly readAccess = onceForRoute((context): Access => {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return null;
    return { scope: this.reflector.getAllAndOverride<Scope | undefined>(REQUIRED_SCOPE, targets) };
  });

  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = this.readAccess(context);
    if (!access) return true;
    const { user, body } = requestOf<AuthenticatedRequest>(context);
    if (!user) throw new Error('a route outside /v1 is neither public nor authenticated');
    // passport-http-bearer would accept a token in the body.
    if (Object.hasOwn(Object(body) as object, 'access_token')) throw tokenSourceRejection();
    const { scope } = access;
    if (scope && !hasScope(user.scopes, scope)) throw missingScope(scope);
    return true;
  }
}

function missingScope(required: Scope): DomainError {
  const detail = `The token lacks the scope ${required}. Send a token that has it.`;
  return new DomainError('forbidden', 'auth.insufficient_scope', detail, { missingScopes: [required] });
}

import { type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply } from 'fastify';
import { DomainError } from '../common/domain-error';
import type { BearerRequest } from './bearer.strategy';
import type { AuthenticatedRequest, Principal } from './caller';
import { FailureLimiter } from './failure-limiter';
import { hasScope, type Scope } from './scopes';
import { TokenAuthenticator } from './token-authenticator';

const PUBLIC = 'caret:public';
const NEEDED_SCOPE = 'caret:scope';

/** Opts a route out of the bearer guard. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** The scope that a route needs. Without it any valid token will do. */
export const NeedsScope = (scope: Scope): MethodDecorator & ClassDecorator =>
  SetMetadata(NEEDED_SCOPE, scope);

/**
 * Guards every route: a bearer token in the Authorization header (RFC 6750), valid, with the scope the route
 * needs. 401 and 403 carry the RFC's challenge.
 */
@Injectable()
export class BearerGuard extends AuthGuard('bearer') {
  constructor(
    private readonly reflector: Reflector,
    private readonly limiter: FailureLimiter,
    private readonly authenticator: TokenAuthenticator,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    refuseOtherCarriers(context.switchToHttp().getRequest<AuthenticatedRequest>());
    await super.canActivate(context);
    const needed = this.reflector.getAllAndOverride<Scope | undefined>(NEEDED_SCOPE, targets);
    if (needed) this.assertScope(context, needed);
    return true;
  }

  /** Passport sees this one header only, and hangs its own methods on this object instead of the request. */
  override getRequest(context: ExecutionContext): BearerRequest {
    const { authorization } = context.switchToHttp().getRequest<AuthenticatedRequest>().headers;
    return {
      headers: { authorization: isBearer(authorization) ? authorization : undefined },
      authenticator: this.authenticator,
    };
  }

  override handleRequest<T>(
    error: unknown,
    principal: T | false,
    _info: unknown,
    context: ExecutionContext,
  ): T {
    if (error) throw error instanceof Error ? error : new Error('authentication failed', { cause: error });
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (principal) {
      request.user = principal as unknown as Principal;
      return principal;
    }
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    throw this.refusal(request, reply);
  }

  private refusal(request: AuthenticatedRequest, reply: FastifyReply): DomainError {
    // Another scheme holds no token that could be wrong (RFC 6750, section 3.1).
    if (!/^Bearer( |$)/i.test(request.headers.authorization ?? '')) {
      reply.header('WWW-Authenticate', 'Bearer realm="caret"');
      return new DomainError(
        'unauthenticated',
        'auth.token_missing',
        'Send a token: Authorization: Bearer <token>.',
      );
    }
    const wait = this.limiter.fail(request.ip);
    if (wait !== null) {
      return new DomainError(
        'rate_limited',
        'auth.too_many_failures',
        'Too many invalid tokens from this address.',
        {
          retryAfterSeconds: wait,
        },
      );
    }
    reply.header('WWW-Authenticate', 'Bearer realm="caret", error="invalid_token"');
    return new DomainError(
      'unauthenticated',
      'auth.invalid_token',
      'The token is malformed, unknown, expired or revoked.',
    );
  }

  private assertScope(context: ExecutionContext, needed: Scope): void {
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (user && hasScope(user.scopes, needed)) return;
    const detail = `This needs a token with the scope ${needed}.`;
    throw new DomainError('forbidden', 'auth.insufficient_scope', detail, { missingScopes: [needed] });
  }
}

/** RFC 6750, section 2.1; passport-http-bearer takes more and answers 400 where a client may only have no token. */
function isBearer(header: string | undefined): boolean {
  return header !== undefined && /^Bearer +[\x21-\x7e]+$/i.test(header);
}

/** passport-http-bearer also knows tokens in the query and the body, which end in logs. */
function refuseOtherCarriers(request: AuthenticatedRequest): void {
  const inQuery = Object.hasOwn(Object(request.query) as object, 'access_token');
  const inBody = Object.hasOwn(Object(request.body) as object, 'access_token');
  const headers = request.raw.rawHeaders.filter(
    (text, index) => index % 2 === 0 && /^authorization$/i.test(text),
  );
  if (!inQuery && !inBody && headers.length <= 1) return;
  const detail = 'Send one token, in one Authorization header, and nowhere else.';
  throw new DomainError('malformed', 'invalid_request', detail);
}

import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import passport from 'passport';
import { DomainError } from '../common/domain-error';
import { onceForRoute, replyOf, requestOf } from '../http/request-context';
import { Authenticator } from './authenticator';
import type { BearerRequest } from './bearer.strategy';
import type { AuthenticatedRequest, Principal } from './caller';
import { FailureLimiter } from './failure-limiter';
import { hasScope, type Scope } from './scopes';

const AUTHORIZATION = 'authorization';
const PUBLIC = 'caret:public';
const NEEDED_SCOPE = 'caret:scope';

/** Passport's own types are Express's. */
type PassportMiddleware = (request: object, response: null, next: (error: unknown) => void) => void;

/** Opts a route out of the bearer guard. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** The scope that a route needs. Without it any valid token will do. */
export const NeedsScope = (scope: Scope): MethodDecorator & ClassDecorator =>
  SetMetadata(NEEDED_SCOPE, scope);

/** What a route asks of its caller; null where it is public. */
type Access = { readonly scope: Scope | undefined } | null;

/**
 * Guards every route: a bearer token in the Authorization header (RFC 6750), valid, with the scope the route
 * needs. 401 and 403 carry the RFC's challenge.
 *
 * A token that was found right in the last seconds, which is nearly every one, is recognised at once; every other is
 * passport's to judge, as with `AuthGuard` of @nestjs/passport.
 */
@Injectable()
export class BearerGuard implements CanActivate {
  private readonly accessOf = onceForRoute((context): Access => {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return null;
    return { scope: this.reflector.getAllAndOverride<Scope | undefined>(NEEDED_SCOPE, targets) };
  });

  constructor(
    private readonly reflector: Reflector,
    private readonly limiter: FailureLimiter,
    private readonly authenticator: Authenticator,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.accessOf(context);
    if (!access) return true;
    const request = requestOf<AuthenticatedRequest>(context);
    rejectOtherCarriers(request);
    const { authorization } = request.headers;
    const token = bearerToken(authorization);
    const known = token === null ? null : this.authenticator.findVerified(token);
    if (known) return admit(known, access, request);
    return this.askPassport(token === null ? undefined : authorization).then((principal) => {
      if (!principal) throw this.refusal(request, replyOf(context));
      return admit(principal, access, request);
    });
  }

  /** Passport sees this one header only, and hangs its own methods on this object instead of the request. */
  private askPassport(authorization: string | undefined): Promise<Principal | null> {
    const request: BearerRequest = { headers: { authorization }, authenticator: this.authenticator };
    return new Promise((resolve, reject) => {
      const settle = (error: unknown, principal?: Principal | false): void => {
        if (!error) resolve(principal || null);
        else reject(error instanceof Error ? error : new Error('authentication failed', { cause: error }));
      };
      const authenticate = passport.authenticate('bearer', { session: false }, settle) as PassportMiddleware;
      authenticate(request, null, settle);
    });
  }

  private refusal(request: AuthenticatedRequest, reply: FastifyReply): DomainError {
    // Another scheme holds no token that could be wrong (RFC 6750, section 3.1).
    if (!/^Bearer( |$)/i.test(request.headers.authorization ?? '')) {
      reply.header('www-authenticate', 'Bearer realm="caret"');
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
    reply.header('www-authenticate', 'Bearer realm="caret", error="invalid_token"');
    return new DomainError(
      'unauthenticated',
      'auth.invalid_token',
      'The token is malformed, unknown, expired or revoked.',
    );
  }
}

function admit(principal: Principal, { scope }: NonNullable<Access>, request: AuthenticatedRequest): true {
  request.user = principal;
  if (scope && !hasScope(principal.scopes, scope)) throw insufficientScope(scope);
  return true;
}

function insufficientScope(needed: Scope): DomainError {
  const detail = `This needs a token with the scope ${needed}.`;
  return new DomainError('forbidden', 'auth.insufficient_scope', detail, { missingScopes: [needed] });
}

/**
 * RFC 6750, section 2.1, with the one space that everybody sends; passport-http-bearer takes more and answers 400 where a
 * client may only have no token.
 */
function bearerToken(header: string | undefined): string | null {
  return (header && /^Bearer ([\x21-\x7e]+)$/i.exec(header)?.[1]) || null;
}

/** Node keeps the first of several in `headers`; here names and values alternate. */
function countAuthorizations(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) count++;
  }
  return count;
}

/** passport-http-bearer also knows tokens in the query and the body, which end in logs. */
function rejectOtherCarriers(request: AuthenticatedRequest): void {
  const inQuery = Object.hasOwn(Object(request.query) as object, 'access_token');
  const inBody = Object.hasOwn(Object(request.body) as object, 'access_token');
  if (!inQuery && !inBody && countAuthorizations(request.raw.rawHeaders) <= 1) return;
  const detail = 'Send one token, in one Authorization header, and nowhere else.';
  throw new DomainError('malformed', 'invalid_request', detail);
}

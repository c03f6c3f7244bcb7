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
const REQUIRED_SCOPE = 'caret:scope';

/** Passport's own types require Express. */
type PassportMiddleware = (request: object, response: null, next: (error: unknown) => void) => void;

/** Makes a route public: it needs no token. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Sets the scope that a route requires. A route without it accepts any valid token. */
export const NeedsScope = (scope: Scope): MethodDecorator & ClassDecorator =>
  SetMetadata(REQUIRED_SCOPE, scope);

/** The access rule of a route, or null if the route is public. */
type Access = { readonly scope: Scope | undefined } | null;

/**
 * Requires a valid bearer token (RFC 6750) with the scope of the route, in the Authorization header. Responses with 401
 * and 403 contain the challenge of the RFC.
 *
 * Recently verified tokens skip passport. passport-http-bearer verifies all others, as with `AuthGuard` of
 * @nestjs/passport.
 */
@Injectable()
export class BearerGuard implements CanActivate {
  private readonly readAccess = onceForRoute((context): Access => {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return null;
    return { scope: this.reflector.getAllAndOverride<Scope | undefined>(REQUIRED_SCOPE, targets) };
  });

  constructor(
    private readonly reflector: Reflector,
    private readonly limiter: FailureLimiter,
    private readonly authenticator: Authenticator,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.readAccess(context);
    if (!access) return true;
    const request = requestOf<AuthenticatedRequest>(context);
    rejectOtherTokenSources(request);
    const { authorization } = request.headers;
    const token = findBearerToken(authorization);
    const verified = token === null ? null : this.authenticator.findVerified(token);
    if (verified) return authorize(verified, access, request);
    return this.authenticate(token === null ? undefined : authorization).then((principal) => {
      if (!principal) throw this.createRejection(request, replyOf(context));
      return authorize(principal, access, request);
    });
  }

  /** Passes a separate object to passport, because passport adds its own methods to the request. */
  private authenticate(authorization: string | undefined): Promise<Principal | null> {
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

  private createRejection(request: AuthenticatedRequest, reply: FastifyReply): DomainError {
    // RFC 6750, section 3.1: without a bearer token, the challenge has no error code.
    if (!/^Bearer( |$)/i.test(request.headers.authorization ?? '')) {
      reply.header('www-authenticate', 'Bearer realm="caret"');
      return new DomainError(
        'unauthenticated',
        'auth.token_missing',
        'The request has no bearer token. Send the header "Authorization: Bearer <token>".',
      );
    }
    const retryAfterSeconds = this.limiter.recordFailure(request.ip);
    if (retryAfterSeconds !== null) {
      const detail =
        'Too many invalid tokens from this address. Retry after the seconds in Retry-After, or send a valid token.';
      return new DomainError('rate_limited', 'auth.too_many_failures', detail, { retryAfterSeconds });
    }
    reply.header('www-authenticate', 'Bearer realm="caret", error="invalid_token"');
    return new DomainError(
      'unauthenticated',
      'auth.invalid_token',
      'The token is malformed, unknown, expired or revoked. Send a valid token.',
    );
  }
}

function authorize(
  principal: Principal,
  { scope }: NonNullable<Access>,
  request: AuthenticatedRequest,
): true {
  request.user = principal;
  if (scope && !hasScope(principal.scopes, scope)) throw missingScope(scope);
  return true;
}

function missingScope(required: Scope): DomainError {
  const detail = `The token lacks the scope ${required}. Send a token that has it.`;
  return new DomainError('forbidden', 'auth.insufficient_scope', detail, { missingScopes: [required] });
}

/**
 * Finds the token in a header with exactly one space (RFC 6750, section 2.1). passport-http-bearer accepts more spaces
 * and returns 400 for a header without a token.
 */
function findBearerToken(header: string | undefined): string | null {
  return (header && /^Bearer ([\x21-\x7e]+)$/i.exec(header)?.[1]) || null;
}

/** Counts the headers in a list of alternating names and values, because `headers` contains only the first one. */
function countAuthorizations(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) count++;
  }
  return count;
}

/** Rejects tokens in the query or the body, which passport-http-bearer would accept and logs would record. */
function rejectOtherTokenSources(request: AuthenticatedRequest): void {
  const inQuery = Object.hasOwn(Object(request.query) as object, 'access_token');
  const inBody = Object.hasOwn(Object(request.body) as object, 'access_token');
  if (!inQuery && !inBody && countAuthorizations(request.raw.rawHeaders) <= 1) return;
  const detail =
    'The token must be in exactly one place. Send it in one Authorization header and nowhere else.';
  throw new DomainError('malformed', 'invalid_request', detail);
}

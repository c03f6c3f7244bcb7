import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import passport from 'passport';
import type { DomainError } from '../common/domain-error';
import { countHeader } from '../http/raw-headers';
import { afterShortBody } from '../http/unread-body';
import { Authenticator } from './authenticator';
import type { BearerRequest } from './bearer.strategy';
import type { AuthenticatedRequest, Principal } from './caller';
import { FailureLimiter } from './failure-limiter';
import { missingToken, rejectInvalidToken } from './token-rejection';
import { findBearerToken, tokenSourceRejection } from './token-source';

/** Every route below this path needs a token. */
const GUARDED = '/v1/';

/** Passport's own types require Express. */
type PassportMiddleware = (request: object, response: null, next: (error: unknown) => void) => void;

type OnRequest = (request: AuthenticatedRequest, reply: FastifyReply, done: (error?: Error) => void) => void;

/**
 * Authenticates each request below `/v1` by the bearer token in its Authorization header (RFC 6750), before its body is
 * read. Responses with 401 contain the challenge of the RFC.
 *
 * Recently verified tokens skip passport. passport-http-bearer verifies all others, as with `AuthGuard` of
 * @nestjs/passport.
 */
@Injectable()
export class BearerAuthentication {
  constructor(
    private readonly limiter: FailureLimiter,
    private readonly authenticator: Authenticator,
  ) {}

  /** Call it before the routes are registered. */
  attach(fastify: FastifyInstance): void {
    const onRequest: OnRequest = (request, reply, done) => this.authenticate(request, reply, done);
    fastify.addHook('onRoute', (route) => {
      // Routes of the gateway authenticate their callers with `GatewayAuthentication`.
      if (route.config?.isGateway) return;
      if (route.url.startsWith(GUARDED)) route.onRequest = [route.onRequest ?? [], onRequest].flat();
    });
  }

  /** Sets the caller of the request synchronously for a recently verified token. Calls `done` with the rejection. */
  private authenticate(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    done: (error?: Error) => void,
  ): void {
    const reject = (error: Error): void => afterShortBody(request.raw, () => done(error));
    if (hasOtherTokenSource(request)) return reject(tokenSourceRejection());
    const { authorization } = request.headers;
    const token = findBearerToken(authorization);
    const verified = token === null ? null : this.authenticator.findVerified(token);
    if (verified) {
      request.user = verified;
      return done();
    }
    this.verify(token === null ? undefined : authorization, request.ip).then((principal) => {
      if (!principal) return reject(this.createRejection(request, reply));
      request.user = principal;
      done();
    }, reject);
  }

  /** Passes a separate object to passport, because passport adds its own methods to the request. */
  private verify(authorization: string | undefined, address: string): Promise<Principal | null> {
    const { authenticator } = this;
    const isSuspect = this.limiter.isAtLimit(address);
    const request: BearerRequest = { headers: { authorization }, authenticator, isSuspect };
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
      return missingToken('Send the header "Authorization: Bearer <token>".');
    }
    const rejection = rejectInvalidToken(this.limiter, request.ip);
    if (rejection.kind === 'unauthenticated')
      reply.header('www-authenticate', 'Bearer realm="caret", error="invalid_token"');
    return rejection;
  }
}

function hasOtherTokenSource({ query, raw }: AuthenticatedRequest): boolean {
  const inQuery = Object.hasOwn(Object(query) as object, 'access_token');
  return inQuery || countHeader(raw.rawHeaders, 'authorization') > 1;
}

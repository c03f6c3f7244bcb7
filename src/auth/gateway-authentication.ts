import { Inject, Injectable } from '@nestjs/common';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { Authenticator } from './authenticator';
import type { AuthenticatedRequest, Principal } from './caller';
import { FailureLimiter } from './failure-limiter';
import { missingToken, rejectInvalidToken } from './token-rejection';
import { findGatewayToken } from './token-source';

/** Receives the principal, or the error and null. */
type Done = (error: unknown, principal: Principal | null) => void;

const ADVICE = 'Send the header "Authorization: Bearer <token>" or "x-api-key: <token>".';

/**
 * Authenticates calls of the gateway by the token in `Authorization` or `x-api-key`, before their body is read. While the
 * database is unavailable, it believes a token that was verified in the last GATEWAY_AUTH_STALE_SECONDS.
 */
@Injectable()
export class GatewayAuthentication {
  private readonly maxStaleMs: number;

  constructor(
    private readonly limiter: FailureLimiter,
    private readonly authenticator: Authenticator,
    @Inject(APP_CONFIG) { gateway }: AppConfig,
  ) {
    this.maxStaleMs = gateway.authStaleMs;
  }

  /** Calls `done` once: without a promise for a recently verified token. The scope of the token is not checked. */
  authenticate(request: AuthenticatedRequest, done: Done): void {
    let token: string | null;
    try {
      token = findGatewayToken(request.raw, this.hasTokenForm);
    } catch (error) {
      return done(error, null);
    }
    if (token === null) return done(missingToken(ADVICE), null);
    const verified = this.authenticator.findVerified(token, this.maxStaleMs);
    if (verified) return done(null, verified);
    const isSuspect = this.limiter.isAtLimit(request.ip);
    this.authenticator.authenticate(token, isSuspect, this.maxStaleMs).then(
      (principal) =>
        done(principal === null ? rejectInvalidToken(this.limiter, request.ip) : null, principal),
      (error: unknown) => done(error, null),
    );
  }

  private readonly hasTokenForm = (text: string): boolean => this.authenticator.hasTokenForm(text);
}

import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
import type { Authenticator } from './authenticator';
import type { Principal } from './caller';

/** The object that passport receives instead of the request. */
export interface BearerRequest {
  readonly headers: { readonly authorization: string | undefined };
  readonly authenticator: Authenticator;
  readonly isSuspect: boolean;
}

/**
 * Validates a bearer token with the authenticator of the request. The strategy has no state of its own, because
 * passport registers one strategy per name and process, and a process may run several applications.
 */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor() {
    super({ passReqToCallback: true });
  }

  async validate({ authenticator, isSuspect }: BearerRequest, token: string): Promise<Principal | false> {
    return (await authenticator.authenticate(token, isSuspect)) ?? false;
  }
}

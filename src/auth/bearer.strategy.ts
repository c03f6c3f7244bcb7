import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
import type { Authenticator } from './authenticator';
import type { Principal } from './caller';

/** What the guard lets passport see of a request. */
export interface BearerRequest {
  readonly headers: { readonly authorization: string | undefined };
  readonly authenticator: Authenticator;
}

/**
 * Passport keeps one strategy of a name for the whole process, so this one holds nothing: each request brings the
 * authenticator of its own application, of which a process may have several.
 */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor() {
    super({ passReqToCallback: true });
  }

  async validate({ authenticator }: BearerRequest, token: string): Promise<Principal | false> {
    return (await authenticator.authenticate(token)) ?? false;
  }
}

import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
import type { Principal } from './caller';
import type { TokenAuthenticator } from './token-authenticator';

/** What the guard lets passport see of a request. */
export interface BearerRequest {
  readonly headers: { readonly authorization: string | undefined };
  readonly authenticator: TokenAuthenticator;
}

type Done = (error: unknown, principal?: Principal | false) => void;
type Verify = (request: BearerRequest, token: string, done: Done) => void;

/**
 * Accepts at once the token that was seen lately, which is nearly every one. @nestjs/passport's verify, for all
 * others, waits for a promise, and with it all of Nest's guards wait.
 */
class PromptStrategy extends Strategy<never> {
  constructor(verify: Verify) {
    const promptly: Verify = (request, token, done) => {
      const principal = request.authenticator.recognise(token);
      if (principal) done(null, principal);
      else verify(request, token, done);
    };
    super({ passReqToCallback: true }, promptly as never);
  }
}

/**
 * Passport keeps one strategy of a name for the whole process, so this one holds nothing: each request brings the
 * authenticator of its own application, of which a process may have several.
 */
@Injectable()
export class BearerStrategy extends PassportStrategy(PromptStrategy, 'bearer') {
  async validate({ authenticator }: BearerRequest, token: string): Promise<Principal | false> {
    return (await authenticator.authenticate(token)) ?? false;
  }
}

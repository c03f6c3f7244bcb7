import { Injectable } from '@nestjs/common';
import { InFlightLimit } from '../common/in-flight-limit';
import { tooManyUpstreamCalls } from './upstream-error';

const MAX_PER_ACCOUNT = 4;
/** The pages of one list take up to 16 MiB before they are parsed, so this also limits memory. */
const MAX_PER_PROCESS = 32;

/**
 * Limits the calls that list models of an upstream or test one. As the places of the process run out, an account gets at
 * most as many as it leaves free, so that a few accounts cannot keep out the others.
 */
@Injectable()
export class UpstreamCalls {
  private readonly limit = new InFlightLimit(MAX_PER_ACCOUNT, MAX_PER_PROCESS);

  /** Runs `call` and what handles its response. Throws 429 `upstream.too_many_calls` if the account may not have one more. */
  async run<T>(accountId: string, call: () => Promise<T>): Promise<T> {
    const leave = this.limit.tryEnter(accountId);
    if (!leave) throw tooManyUpstreamCalls();
    try {
      return await call();
    } finally {
      leave();
    }
  }
}

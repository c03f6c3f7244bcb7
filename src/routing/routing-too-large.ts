import { DomainError } from '../common/domain-error';

/** The time that a table counts as too large, even if its registry has changed meanwhile. */
export const RETRY_SECONDS = 5;

/** The registry of an account does not fit in the memory for routing tables. */
export class RoutingTooLarge extends DomainError {
  constructor(
    /** The revision that was too large. */
    readonly revision: number,
    maxBytes: number,
  ) {
    super(
      'unavailable',
      'routing.too_large',
      `Routing this account needs more than the ${maxBytes / 2 ** 20} MiB of ROUTING_MEMORY_MB. Delete models or shorten ` +
        'their rules, tags and advanced_json, or ask the operator for more memory.',
      { retryAfterSeconds: RETRY_SECONDS },
    );
  }
}

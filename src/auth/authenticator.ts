import type { Principal } from './caller';

/**
 * Turns a bearer token into its principal. The guard knows only this class; `tokens/` provides the one that reads
 * tokens from the database.
 */
export abstract class Authenticator {
  /** Returns the principal of a recently verified token without a promise. Returns null for any other token. */
  abstract findVerified(token: string): Principal | null;

  /** Returns null for an invalid token. Throws 503 when the database is needed and unavailable. */
  abstract authenticate(token: string): Promise<Principal | null>;
}

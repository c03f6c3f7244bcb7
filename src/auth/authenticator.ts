import type { Principal } from './caller';

/** Authenticates bearer tokens. The guard depends on this class only; `tokens/` implements it on the database. */
export abstract class Authenticator {
  /** Returns the principal of a recently verified token synchronously, or null for any other token. */
  abstract findVerified(token: string): Principal | null;

  /** Returns null for an invalid token. Throws 503 if it needs the database and the database is unavailable. */
  abstract authenticate(token: string): Promise<Principal | null>;
}

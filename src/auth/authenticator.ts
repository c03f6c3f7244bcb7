import type { Principal } from './caller';

/** Authenticates bearer tokens. The guard depends on this class only; `tokens/` implements it on the database. */
export abstract class Authenticator {
  /** Returns the principal of a recently verified token synchronously, or null for any other token. */
  abstract findVerified(token: string): Principal | null;

  /**
   * Returns null for an invalid token. Throws 503 if it needs the database and the database is unavailable. The token of
   * a suspect, whose address sent many invalid tokens, may wait until it shares a query with others.
   */
  abstract authenticate(token: string, isSuspect: boolean): Promise<Principal | null>;

  /**
   * Returns the principal of the token that a text names, whatever its secret, for the audit log. Never grants access.
   * Null if it names none, or one that this process has not loaded.
   */
  abstract findNamed(token: string): Principal | null;
}

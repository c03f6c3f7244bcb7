import type { Principal } from './caller';

/** Authenticates bearer tokens. The guard depends on this class only; `tokens/` implements it on the database. */
export abstract class Authenticator {
  /**
   * Returns the principal of a recently verified token synchronously, or null for any other token. While the database is
   * unavailable, recently means within `maxStaleMs`.
   */
  abstract findVerified(token: string, maxStaleMs?: number): Principal | null;

  /**
   * Returns null for an invalid token. Throws 503 if it needs the database and the database is unavailable. The token of
   * a suspect, whose address sent many invalid tokens, may wait until it shares a query with others. While the database is
   * unavailable, a token that was verified within `maxStaleMs` stays valid.
   */
  abstract authenticate(token: string, isSuspect: boolean, maxStaleMs?: number): Promise<Principal | null>;

  /** Whether a text starts like a token of Caret. A token that an operator chose does not. */
  abstract hasTokenForm(text: string): boolean;

  /**
   * Returns the principal of the token that a text names, whatever its secret, for the audit log. Never grants access.
   * Null if it names none, or one that this process has not loaded.
   */
  abstract findNamed(token: string): Principal | null;
}

/**
 * Who holds the key-encryption keys: this process now, a KMS or Vault under the same contract later
 * (`key-provider.contract.spec.ts`). The ids are fixed for the life of the process; rotation is a restart.
 */
export interface KeyProvider {
  /** The key that new seals are made under. One of {@link knownKeyIds}. */
  readonly activeKeyId: string;
  /** Every key that opens, the active one included. */
  readonly knownKeyIds: readonly string[];
  /**
   * Encrypts a 32-byte data key under a known key, bound to `aad`. The key is the caller's choice, because the
   * AAD names it and because a canary is made for keys that are not active too.
   */
  wrap(keyId: string, dataKey: Buffer, aad: Buffer): Promise<Buffer>;
  /**
   * The data key again. Rejects with SecretUndecryptableError if the key is not known or what it is given is
   * not what `wrap` made; any other error means that the provider could not be asked.
   */
  unwrap(keyId: string, wrapped: Buffer, aad: Buffer): Promise<Buffer>;
}

/** Injection token of the one {@link KeyProvider}. */
export const KEY_PROVIDER = Symbol('KEY_PROVIDER');

/**
 * Wraps data keys under key-encryption keys. `key-provider.contract.spec.ts` is the contract of every implementation.
 * The ids do not change while the process runs; a rotation needs a restart.
 */
export interface KeyProvider {
  /** The key for new seals. One of {@link knownKeyIds}. */
  readonly activeKeyId: string;
  /** Every key that can open a seal, the active one included. */
  readonly knownKeyIds: readonly string[];
  /**
   * Encrypts a 32-byte data key under a known key, bound to `aad`. The caller chooses the key, because the AAD names it
   * and because inactive keys get canaries too.
   */
  wrap(keyId: string, dataKey: Buffer, aad: Buffer): Promise<Buffer>;
  /**
   * Decrypts a data key. Throws SecretUndecryptableError if the key is unknown or `wrap` did not create these bytes.
   * Any other error means that the provider is unavailable.
   */
  unwrap(keyId: string, wrapped: Buffer, aad: Buffer): Promise<Buffer>;
}

/** Injection token of the one {@link KeyProvider}. */
export const KEY_PROVIDER = Symbol('KEY_PROVIDER');

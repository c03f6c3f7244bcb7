import { storedBytes } from '../common/stored-bytes';

/** What a write adds to what its account stores. A negative number removes. */
export interface Usage {
  readonly providers?: number;
  readonly models?: number;
  /** See `storedBytes`. */
  readonly registryBytes?: number;
}

/**
 * Returns the bytes of a sealed text without the id of its encryption key, so that re-sealing under another key does not
 * change them.
 */
export function sealedBytes(sealed: string | null, keyId: string | null): number {
  return storedBytes(sealed) - storedBytes(keyId);
}

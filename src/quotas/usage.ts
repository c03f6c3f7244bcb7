/** What a write adds to what its account stores. A negative number removes. */
export interface Usage {
  readonly providers?: number;
  readonly models?: number;
  /** See {@link storedBytes}. */
  readonly registryBytes?: number;
}

/**
 * Returns the bytes that texts and JSON values take in the database, in UTF-8. A null or corrupt (undefined) value takes
 * none.
 */
export function storedBytes(...values: readonly (string | object | null | undefined)[]): number {
  let bytes = 0;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    bytes += Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
  }
  return bytes;
}

/**
 * Returns the bytes of a sealed text without the id of its encryption key, so that re-sealing under another key does not
 * change them.
 */
export function sealedBytes(sealed: string | null, keyId: string | null): number {
  return storedBytes(sealed) - storedBytes(keyId);
}

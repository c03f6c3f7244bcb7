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

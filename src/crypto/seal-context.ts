/**
 * The place of a sealed value. Every part is authenticated with the seal, so a seal that is copied to another account,
 * row, field or version does not open there.
 */
export interface SealContext {
  /** The use of the secret, for example `upstream-api-key`. */
  readonly purpose: string;
  /** The owner, or null for a secret of the installation. */
  readonly accountId: string | null;
  readonly table: string;
  readonly rowId: string;
  readonly field: string;
  /** Increases with each new value of the field, so an older seal does not open after a newer value. */
  readonly version: number;
}

/** The two layers of an envelope. A ciphertext of one layer does not open as the other. */
export type SealLayer = 'caret.seal.v1.key' | 'caret.seal.v1.data';

/**
 * Returns the additional authenticated data of one layer. Each part follows its length (32 bits, big-endian), so no two
 * contexts have the same bytes. Throws RangeError on an empty part and on a version that is not a whole number.
 */
export function authenticatedData(layer: SealLayer, keyId: string, context: SealContext): Buffer {
  const { purpose, accountId, table, rowId, field, version } = context;
  if (!Number.isSafeInteger(version) || version < 0) throw new RangeError('A seal version is a whole number');
  if ([purpose, accountId, table, rowId, field].includes(''))
    throw new RangeError('A seal context has no empty part');
  const parts = [layer, purpose, keyId, accountId ?? '', table, rowId, field, String(version)];
  return Buffer.concat(parts.flatMap(withLength));
}

function withLength(part: string): [Buffer, Buffer] {
  const bytes = Buffer.from(part, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

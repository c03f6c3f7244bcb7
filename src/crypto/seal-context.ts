/**
 * The one place where a seal opens. All of it is bound as additional authenticated data, so that a seal copied
 * to another account, row, field or version does not open there.
 */
export interface SealContext {
  /** What the secret is for, as `upstream-api-key`. */
  readonly purpose: string;
  /** The owner; null for a secret of the installation. */
  readonly accountId: string | null;
  readonly table: string;
  readonly rowId: string;
  readonly field: string;
  /** Counts the values that the field has had: an older seal put back does not open. */
  readonly version: number;
}

/** The two ciphertexts of an envelope: neither passes as the other. */
export type SealLayer = 'caret.seal.v1.key' | 'caret.seal.v1.data';

/**
 * Additional authenticated data of one layer: each part behind its length (32 bits, big-endian), so that no
 * two contexts have the same bytes. Throws RangeError on an empty part or a version that is no whole number.
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

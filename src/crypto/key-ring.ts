import { createSecretKey, type KeyObject } from 'node:crypto';
import { KeyRingError } from './crypto.errors';
import { weaknessOf } from './weak-key';

/** AES-256. */
export const KEY_BYTES = 32;

/** Ends every message about a missing or rejected key. */
export const HOW_TO_CREATE_A_KEY = 'Create a key with: openssl rand -base64 32';

const KEY_ID = /^[a-z0-9_-]{1,32}$/;

/** Whether `text` is a valid key id: 1 to 32 of a–z, 0–9, `-`, `_`. */
export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

/** The key-encryption keys by id. The first is the active one. Shows no key when it is logged or serialised. */
export class KeyRing {
  readonly activeKeyId: string;
  readonly keyIds: readonly string[];
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** `keys` contains at least one key. Use {@link parseKeyRing}, which checks them. */
  constructor(keys: ReadonlyMap<string, KeyObject>) {
    const [activeKeyId] = keys.keys();
    if (activeKeyId === undefined) throw new RangeError('A key ring has at least one key');
    this.activeKeyId = activeKeyId;
    this.keyIds = [...keys.keys()];
    this.#keys = keys;
  }

  find(keyId: string): KeyObject | undefined {
    return this.#keys.get(keyId);
  }
}

/**
 * Parses `kid:base64,kid:base64`. Throws {@link KeyRingError} unless every entry has a unique id and 32 strong bytes.
 * An entry without a valid id is named by its position, because the text before its colon may be a key.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, KeyObject>();
  for (const [index, entry] of text.split(',').entries()) {
    const [keyId, key] = parseEntry(entry.trim(), index + 1);
    if (keys.has(keyId)) throw new KeyRingError(`key '${keyId}' is a duplicate`);
    for (const [otherId, other] of keys) {
      if (other.equals(key)) throw new KeyRingError(`key '${keyId}' is the same key as '${otherId}'`);
    }
    keys.set(keyId, key);
  }
  return new KeyRing(keys);
}

function parseEntry(entry: string, position: number): [string, KeyObject] {
  const colon = entry.indexOf(':');
  if (colon < 0) {
    const problem = entry === '' ? 'is empty; expected kid:base64' : 'is not of the form kid:base64';
    throw new KeyRingError(`entry ${position} ${problem}. ${HOW_TO_CREATE_A_KEY}`);
  }
  const keyId = entry.slice(0, colon);
  if (!isKeyId(keyId)) {
    throw new KeyRingError(
      `entry ${position}: the key id must be 1 to 32 of a-z, 0-9, - and _, without quotes`,
    );
  }
  const encoded = entry.slice(colon + 1);
  const key = Buffer.from(encoded, 'base64');
  const problem = encodingProblem(encoded, key) ?? weaknessOf(key);
  if (problem) throw new KeyRingError(`key '${keyId}' ${problem}. ${HOW_TO_CREATE_A_KEY}`);
  const secret = createSecretKey(key);
  key.fill(0);
  return [keyId, secret];
}

function encodingProblem(encoded: string, key: Buffer): string | null {
  if (encoded === '') return 'is empty';
  if (/^[0-9a-f]{64}$/i.test(encoded)) return 'is hexadecimal; base64 of 32 bytes has 44 characters';
  if (key.toString('base64') !== encoded) return 'is not strict base64 (RFC 4648, padded)';
  return key.length === KEY_BYTES ? null : `must have exactly ${KEY_BYTES} bytes`;
}

import { createSecretKey, type KeyObject } from 'node:crypto';
import { KeyRingError } from './crypto.errors';
import { weaknessOf } from './weak-key';

/** AES-256. */
export const KEY_BYTES = 32;

/** How an operator makes a key; part of every message about a missing or refused one. */
export const HOW_TO_MAKE_A_KEY = 'Make a key with: openssl rand -base64 32';

const KEY_ID = /^[a-z0-9_-]{1,32}$/;

/** Whether `text` can name a key: 1 to 32 of a–z, 0–9, `-`, `_`. */
export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

/** The key-encryption keys by id, the first being the active one. Logged or serialised, it shows no key. */
export class KeyRing {
  readonly activeKeyId: string;
  readonly keyIds: readonly string[];
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** `keys` is checked by {@link parseKeyRing}, the way to make one; it holds at least one key. */
  constructor(keys: ReadonlyMap<string, KeyObject>) {
    const [activeKeyId] = keys.keys();
    if (activeKeyId === undefined) throw new KeyRingError('There is no encryption key');
    this.activeKeyId = activeKeyId;
    this.keyIds = [...keys.keys()];
    this.#keys = keys;
  }

  find(keyId: string): KeyObject | undefined {
    return this.#keys.get(keyId);
  }
}

/**
 * Reads `kid:base64,kid:base64`. Throws {@link KeyRingError} on anything but unique ids with 32 strong bytes
 * each; an entry without a well-formed id is named by its position, since it may be a key put in its place.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, KeyObject>();
  for (const [index, entry] of text.split(',').entries()) {
    const [keyId, key] = parseEntry(entry.trim(), index + 1);
    if (keys.has(keyId)) throw new KeyRingError(`key '${keyId}' is given twice`);
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
    throw new KeyRingError(
      `encryption key entry ${position} is not of the form kid:base64. ${HOW_TO_MAKE_A_KEY}`,
    );
  }
  const keyId = entry.slice(0, colon);
  if (!isKeyId(keyId)) {
    throw new KeyRingError(
      `encryption key entry ${position}: the key id must be 1 to 32 of a-z, 0-9, - and _`,
    );
  }
  const encoded = entry.slice(colon + 1);
  const key = Buffer.from(encoded, 'base64');
  if (key.toString('base64') !== encoded) {
    throw new KeyRingError(`key '${keyId}' is not strict base64 (RFC 4648, padded). ${HOW_TO_MAKE_A_KEY}`);
  }
  if (key.length !== KEY_BYTES) {
    throw new KeyRingError(`key '${keyId}' must have exactly ${KEY_BYTES} bytes. ${HOW_TO_MAKE_A_KEY}`);
  }
  const weakness = weaknessOf(key);
  if (weakness) throw new KeyRingError(`key '${keyId}' ${weakness}. ${HOW_TO_MAKE_A_KEY}`);
  const secret = createSecretKey(key);
  key.fill(0);
  return [keyId, secret];
}

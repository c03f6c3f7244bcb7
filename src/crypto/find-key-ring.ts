import { KeyRingError } from './crypto.errors';
import { readKeyFile } from './key-file';
import { HOW_TO_CREATE_A_KEY, type KeyRing, parseKeyRing } from './key-ring';

/** The possible sources of keys, and the facts that decide whether a new key may be created. */
export interface KeySources {
  /** ENCRYPTION_KEYS: `kid:base64,kid:base64`. */
  readonly inlineKeys: string | null;
  /** ENCRYPTION_KEYS_FILE. */
  readonly keyFile: string | null;
  /** The file beside the embedded database, used if neither variable is set. */
  readonly defaultKeyFile: string;
  /** Whether the database is SQLite. A server's database outlives the files of this machine, so it gets no new key. */
  readonly embedded: boolean;
  /** Whether the database has no content. Called only if a key may be created. */
  readonly isDatabaseEmpty: () => boolean;
}

/**
 * Finds the encryption keys. Returns null if a new key may be created: only for an empty embedded database, because a
 * new key opens no existing secret. Throws {@link KeyRingError} with the source in front of the problem.
 */
export function findKeyRing(sources: KeySources): KeyRing | null {
  const { inlineKeys, keyFile, defaultKeyFile } = sources;
  if (inlineKeys !== null && keyFile !== null) {
    throw new KeyRingError('ENCRYPTION_KEYS and ENCRYPTION_KEYS_FILE: set one of them, not both');
  }
  if (inlineKeys !== null) return readFrom('ENCRYPTION_KEYS', () => parseKeyRing(inlineKeys));
  if (keyFile !== null) {
    return readFrom('ENCRYPTION_KEYS_FILE', () => readKeyFile(keyFile) ?? throwMissingFile());
  }
  if (!sources.embedded) {
    throw new KeyRingError(
      `ENCRYPTION_KEYS: MySQL and MariaDB need ENCRYPTION_KEYS=kid:base64 or ENCRYPTION_KEYS_FILE. ${HOW_TO_CREATE_A_KEY}`,
    );
  }
  return readFrom('encryption.keys in DATA_DIR', () => {
    const ring = readKeyFile(defaultKeyFile);
    if (!ring && !sources.isDatabaseEmpty()) {
      throw new KeyRingError(
        'the key file of this database is missing. Restore it, or set ENCRYPTION_KEYS or ENCRYPTION_KEYS_FILE. ' +
          'A new key could not open the secrets in the database',
      );
    }
    return ring;
  });
}

/** Puts the source in front of the message of a {@link KeyRingError} that `read` throws. */
export function readFrom<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    throw new KeyRingError(`${source}: ${error.message}`);
  }
}

function throwMissingFile(): never {
  throw new KeyRingError(`the file does not exist. ${HOW_TO_CREATE_A_KEY}`);
}

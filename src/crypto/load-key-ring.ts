import { KeyRingError } from './crypto.errors';
import { createKeyFile, readKeyFile } from './key-file';
import { HOW_TO_MAKE_A_KEY, type KeyRing, parseKeyRing } from './key-ring';

/** Where keys may come from, and what decides whether one may be made. */
export interface KeySources {
  /** ENCRYPTION_KEYS: `kid:base64,kid:base64`. */
  readonly inlineKeys: string | null;
  /** ENCRYPTION_KEYS_FILE. */
  readonly keyFile: string | null;
  /** The file beside the embedded database that is read, or made, where neither variable is set. */
  readonly defaultKeyFile: string;
  /** Whether the database is SQLite. A server's database outlives this machine's files: no key is made for it. */
  readonly embedded: boolean;
  /** Whether the database holds nothing yet. Only asked where a key might be made. */
  readonly isDatabaseEmpty: () => Promise<boolean>;
}

/** The ring, and whether it was made just now: then the operator is told to keep a copy of the file. */
export interface LoadedKeyRing {
  readonly ring: KeyRing;
  readonly created: boolean;
}

/**
 * Finds the encryption keys. A key is made only for an embedded database that is empty: in every other case a
 * new key could open nothing that is there. Throws {@link KeyRingError}, and the process must not start.
 */
export async function loadKeyRing(sources: KeySources): Promise<LoadedKeyRing> {
  if (sources.inlineKeys !== null && sources.keyFile !== null) {
    throw new KeyRingError('set ENCRYPTION_KEYS or ENCRYPTION_KEYS_FILE, not both');
  }
  if (sources.inlineKeys !== null) return { ring: parseKeyRing(sources.inlineKeys), created: false };
  if (sources.keyFile !== null) return { ring: await readExisting(sources.keyFile), created: false };
  if (!sources.embedded) {
    throw new KeyRingError(
      `no encryption key: set ENCRYPTION_KEYS=kid:base64 or ENCRYPTION_KEYS_FILE. ${HOW_TO_MAKE_A_KEY}`,
    );
  }
  const ring = await readKeyFile(sources.defaultKeyFile);
  if (ring) return { ring, created: false };
  if (!(await sources.isDatabaseEmpty())) {
    throw new KeyRingError(
      'the key file of this database is gone. Restore it, or set ENCRYPTION_KEYS or ENCRYPTION_KEYS_FILE; ' +
        'no new key is made for a database that is not empty, since it could not open its secrets',
    );
  }
  return { ring: await createKeyFile(sources.defaultKeyFile), created: true };
}

async function readExisting(path: string): Promise<KeyRing> {
  const ring = await readKeyFile(path);
  if (!ring) {
    throw new KeyRingError(`the file that ENCRYPTION_KEYS_FILE names does not exist. ${HOW_TO_MAKE_A_KEY}`);
  }
  return ring;
}

import { keySourcesOf } from '../app/check-files';
import type { AppConfig } from '../config/config';
import { readSmallFile } from '../config/read-small-file';
import { SecretUndecryptableError } from '../crypto/crypto.errors';
import { readFrom } from '../crypto/find-key-ring';
import { openCanary } from '../crypto/key-check.service';
import { MAX_KEY_FILE_BYTES, readKeyFile } from '../crypto/key-file';
import { type KeyRing, parseKeyRing } from '../crypto/key-ring';
import { LocalKeyProvider } from '../crypto/local-key-provider';
import type { SealedText } from '../crypto/sealed-text';
import { readCanaries } from '../database/sqlite-backup';

/** Encryption keys of an operator. */
export interface GivenKeys {
  readonly ring: KeyRing;
  /** The variable or file that contains them. */
  readonly source: string;
  /** The content of a key file for them. */
  readonly content: string;
}

/** Returns the keys that the service would use, or null if there are none yet. Throws KeyRingError. */
export function findKeys(config: AppConfig): GivenKeys | null {
  const { inlineKeys } = keySourcesOf(config);
  const source = keyPlace(config);
  if (inlineKeys === null) return readKeysFrom(keyFileOf(config), source);
  return { ring: readFrom(source, () => parseKeyRing(inlineKeys)), source, content: `${inlineKeys}\n` };
}

/** Returns the keys in a file, or null if it does not exist. Throws KeyRingError. */
export function readKeysFrom(file: string, source = file): GivenKeys | null {
  const ring = readFrom(source, () => readKeyFile(file));
  return ring && { ring, source, content: readSmallFile(file, MAX_KEY_FILE_BYTES).text };
}

/** The key file that the service reads, unless ENCRYPTION_KEYS is set. */
export function keyFileOf(config: AppConfig): string {
  const { keyFile, defaultKeyFile } = keySourcesOf(config);
  return keyFile ?? defaultKeyFile;
}

/** Where the service reads its keys. Never the value of ENCRYPTION_KEYS_FILE, which may be a key by mistake. */
export function keyPlace(config: AppConfig): string {
  const { inlineKeys, keyFile, defaultKeyFile } = keySourcesOf(config);
  if (inlineKeys !== null) return 'ENCRYPTION_KEYS';
  return keyFile === null ? defaultKeyFile : 'the file of ENCRYPTION_KEYS_FILE';
}

/** Whether the ring contains keys of this database, and they all open their canaries. */
export async function opensDatabase(ring: KeyRing, file: string): Promise<boolean> {
  const provider = new LocalKeyProvider(ring);
  const canaries = readCanaries(file).filter(({ keyId }) => ring.find(keyId));
  try {
    for (const { keyId, sealed } of canaries) {
      await openCanary(provider, { keyId, sealed: sealed as SealedText });
    }
  } catch (error) {
    if (error instanceof SecretUndecryptableError) return false;
    throw error;
  }
  return canaries.length > 0;
}

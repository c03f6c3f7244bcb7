import { randomBytes } from 'node:crypto';
import { decryptBox, encryptBox } from './aes-gcm';
import { SecretUndecryptableError } from './crypto.errors';
import type { KeyProvider } from './key-provider';
import { KEY_BYTES } from './key-ring';
import { authenticatedData, type SealContext } from './seal-context';
import { formatSealedText, parseSealedText, type SealedText } from './sealed-text';

/**
 * Seals a secret by envelope encryption: a random data key encrypts the secret, and the provider's key `keyId` encrypts
 * the data key. Both are bound to the context. Throws RangeError on text that UTF-8 cannot encode (a lone surrogate).
 */
export async function sealEnvelope(
  provider: KeyProvider,
  keyId: string,
  plain: string,
  context: SealContext,
): Promise<SealedText> {
  const bytes = Buffer.from(plain, 'utf8');
  if (bytes.toString('utf8') !== plain) throw new RangeError('A secret must be well-formed Unicode');
  const dataAad = authenticatedData('caret.seal.v1.data', keyId, context);
  const keyAad = authenticatedData('caret.seal.v1.key', keyId, context);
  const dataKey = randomBytes(KEY_BYTES);
  try {
    const ciphertext = encryptBox(dataKey, bytes, dataAad);
    const wrappedKey = await provider.wrap(keyId, dataKey, keyAad);
    return formatSealedText({ keyId, wrappedKey, ciphertext });
  } finally {
    dataKey.fill(0);
    bytes.fill(0);
  }
}

/**
 * Opens a secret for exactly the context it was sealed with. Throws {@link SecretUndecryptableError} for any other
 * text. Rethrows the errors of an unavailable provider.
 */
export async function openEnvelope(
  provider: KeyProvider,
  text: SealedText,
  context: SealContext,
): Promise<string> {
  const { keyId, wrappedKey, ciphertext } = parseSealedText(text);
  if (!provider.knownKeyIds.includes(keyId)) throw new SecretUndecryptableError(keyId);
  const dataAad = authenticatedData('caret.seal.v1.data', keyId, context);
  const keyAad = authenticatedData('caret.seal.v1.key', keyId, context);
  const dataKey = await provider.unwrap(keyId, wrappedKey, keyAad);
  const plain = decryptBox(dataKey, ciphertext, dataAad);
  dataKey.fill(0);
  if (!plain) throw new SecretUndecryptableError(keyId);
  return plain.toString('utf8');
}

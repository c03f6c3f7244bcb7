import { SecretUndecryptableError } from './crypto.errors';
import { isKeyId } from './key-ring';

declare const sealedText: unique symbol;

/** The stored form of a secret: `v1.<kid>.<wrapped key>.<ciphertext>`, in base64url. */
export type SealedText = string & { readonly [sealedText]: true };

/** The parts of a sealed text. */
export interface SealedParts {
  readonly keyId: string;
  readonly wrappedKey: Buffer;
  readonly ciphertext: Buffer;
}

const FORMAT = 'v1';

export function formatSealedText({ keyId, wrappedKey, ciphertext }: SealedParts): SealedText {
  const parts = [FORMAT, keyId, wrappedKey.toString('base64url'), ciphertext.toString('base64url')];
  return parts.join('.') as SealedText;
}

/** Parses the output of {@link formatSealedText}. Throws {@link SecretUndecryptableError} for any other text. */
export function parseSealedText(text: string): SealedParts {
  const [format, keyId, wrappedKey, ciphertext, ...rest] = text.split('.');
  if (format !== FORMAT || !keyId || !isKeyId(keyId) || !wrappedKey || !ciphertext || rest.length > 0) {
    throw new SecretUndecryptableError(null);
  }
  return { keyId, wrappedKey: decode(wrappedKey, keyId), ciphertext: decode(ciphertext, keyId) };
}

/** Accepts only text that encodes back to itself, because Node skips invalid characters and ignores spare bits. */
function decode(encoded: string, keyId: string): Buffer {
  const bytes = Buffer.from(encoded, 'base64url');
  if (bytes.toString('base64url') !== encoded) throw new SecretUndecryptableError(keyId);
  return bytes;
}

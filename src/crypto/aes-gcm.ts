import { type CipherKey, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The length of a box minus its plaintext: the nonce in front and the tag at the end. */
export const BOX_OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

/** Encrypts with AES-256-GCM (NIST SP 800-38D) and a random 96-bit nonce. Returns nonce, ciphertext and tag. */
export function encryptBox(key: CipherKey, plain: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Returns the plaintext, or null unless {@link encryptBox} created exactly this box with this key and AAD. */
export function decryptBox(key: CipherKey, box: Buffer, aad: Buffer): Buffer | null {
  if (box.length < BOX_OVERHEAD_BYTES) return null;
  const tagStart = box.length - TAG_BYTES;
  // Without an explicit length Node accepts tags of 4 bytes.
  const decipher = createDecipheriv(ALGORITHM, key, box.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(aad);
  decipher.setAuthTag(box.subarray(tagStart));
  const plain = decipher.update(box.subarray(NONCE_BYTES, tagStart));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}

import { isUtf8 } from 'node:buffer';

/**
 * The only key that documentation may show. It is rejected, so that nobody uses a published key. It is SHA-256 of
 * "caret sample key".
 */
export const SAMPLE_KEY = 'dEq5cX34N5slI7VQuUJXYINoAZ5bWpfxXELRTSSxu1o=';

/** The key of NIST's AES-256 examples (SP 800-38A, appendix F), which many tutorials use. */
const NIST_EXAMPLE_KEY = 'YD3rEBXKcb4rc67whX13gR81LAc7YQjXLZgQowkU3/Q=';

const PUBLISHED_KEYS: readonly string[] = [SAMPLE_KEY, NIST_EXAMPLE_KEY];
const MAX_PERIOD_BYTES = 16;
const MIN_DISTINCT_BYTES = 12;

/**
 * Returns why these 32 bytes cannot come from a random generator, or null if they can. Rejects a random key with a
 * probability below 2^-35.
 */
export function weaknessOf(key: Buffer): string | null {
  if (PUBLISHED_KEYS.includes(key.toString('base64'))) return 'is a published sample key';
  if (key.every((byte) => byte === 0)) return 'is all zero';
  if (key.every((byte) => byte === key[0])) return 'is one byte repeated';
  if (isSequential(key)) return 'is a sequence of bytes';
  if (hasShortPeriod(key)) return 'is a repeated pattern';
  if (new Set(key).size < MIN_DISTINCT_BYTES) return 'has too few different bytes';
  if (isText(key)) return 'is text, like a passphrase, not random bytes';
  return null;
}

function isSequential(key: Buffer): boolean {
  const step = (key.readUInt8(1) - key.readUInt8(0)) & 0xff;
  return key.every((byte, index) => index === 0 || ((byte - key.readUInt8(index - 1)) & 0xff) === step);
}

function hasShortPeriod(key: Buffer): boolean {
  const periods = Array.from({ length: MAX_PERIOD_BYTES }, (_, index) => index + 1);
  return periods.some((period) => key.every((byte, index) => byte === key[index % period]));
}

/** Whether the key is text of a person or a password manager: UTF-8 without control characters but white space. */
function isText(key: Buffer): boolean {
  return isUtf8(key) && /^[\P{Cc}\t\r\n]*$/u.test(key.toString('utf8'));
}

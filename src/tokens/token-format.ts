import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isId } from '../common/ids';

/** The fixed prefix of Caret's tokens, by which secret scanners can find them. */
export const TOKEN_PREFIX = 'caret_';

/** Longer credentials are rejected without parsing. */
export const MAX_TOKEN_LENGTH = 512;

/** `caret_`, the id in 32 hex digits, `_`, a secret of 256 bits in base64url, and a CRC-32 in 8 hex digits. */
const TOKEN_PATTERN = /^caret_([0-9a-f]{32})_([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;

/** Creates a token for the row `id`. */
export function createToken(id: string): string {
  const body = `${TOKEN_PREFIX}${id.replaceAll('-', '')}_${randomBytes(32).toString('base64url')}`;
  return body + checksum(body);
}

/** Returns the id in a token. Returns null for a wrong format or checksum, so that an invalid token needs no query. */
export function findTokenId(token: string): string | null {
  const match = TOKEN_PATTERN.exec(token);
  if (!match || checksum(token.slice(0, -8)) !== match[3]) return null;
  const hex = match[1]!;
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  const id = groups.join('-');
  return isId(id) ? id : null;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

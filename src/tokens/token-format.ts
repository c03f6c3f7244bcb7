import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isId } from '../common/ids';

/** What a Caret token starts with, so that secret scanners can find one. */
export const TOKEN_PREFIX = 'caret_';

/** A longer credential is refused unread. */
export const MAX_TOKEN_LENGTH = 512;

/** `caret_` id (32 hex) `_` secret (256 bits, base64url) checksum (CRC-32, 8 hex). */
const TOKEN_PATTERN = /^caret_([0-9a-f]{32})_([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;

/** A new token for the row `id`. */
export function createToken(id: string): string {
  const body = `${TOKEN_PREFIX}${id.replaceAll('-', '')}_${randomBytes(32).toString('base64url')}`;
  return body + checksum(body);
}

/** The id that a token names, or null where form or checksum are wrong, which then costs no query. */
export function tokenId(token: string): string | null {
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

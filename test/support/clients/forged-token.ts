import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Returns a token with the right format and checksum that Caret did not issue. */
export function forgeToken(id: string, secret = randomBytes(32).toString('base64url')): string {
  const body = `caret_${id.replaceAll('-', '')}_${secret}`;
  return body + crc32(body).toString(16).padStart(8, '0');
}

/** Changes the last character of a token, which makes its checksum wrong. */
export function withBadChecksum(token: string): string {
  return token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
}

import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A token of the right form and checksum that Caret never made. */
export function forgeToken(id: string, secret = randomBytes(32).toString('base64url')): string {
  const body = `caret_${id.replaceAll('-', '')}_${secret}`;
  return body + crc32(body).toString(16).padStart(8, '0');
}

/** The token with its last character changed, so that its checksum is wrong. */
export function withBadChecksum(token: string): string {
  return token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
}

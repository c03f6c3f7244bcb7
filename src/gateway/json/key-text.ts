import { hasBytes } from './has-bytes';

/** Bytes of the longest key that is cached. */
const MAX_CACHED_LENGTH = 48;
const SLOTS = 1024;

/** Keys of earlier objects, each in the slot of its hash. The same few keys occur in all requests and responses. */
const cache = new Array<string>(SLOTS).fill('');

/**
 * Returns the text between the quotes of a key as it is written, with its escapes. A cached key is not decoded, which would
 * take longer than the rest of the scan.
 */
export function keyText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > MAX_CACHED_LENGTH) return bytes.toString('utf8', start, end);
  let hash = length;
  for (let at = start; at < end; at++) hash = (hash * 31 + bytes[at]!) | 0;
  const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
  const cached = cache[slot]!;
  if (hasBytes(bytes, start, end, cached)) return cached;
  const text = bytes.toString('utf8', start, end);
  const isAscii = text.length === length;
  if (isAscii) cache[slot] = text;
  return text;
}

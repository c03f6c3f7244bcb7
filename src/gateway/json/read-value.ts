import { type Span } from './span';

const QUOTE = 0x22;

/** Bytes of the longest value that is parsed, unless a caller sets another limit. */
const MAX_PARSED_BYTES = 1024 * 1024;
/** Bytes of the longest number. */
const MAX_NUMBER_BYTES = 1024;

/** Returns the text of a string, or null if the value is not a string or has an invalid escape. */
export function stringAt(bytes: Buffer, { start, end }: Span): string | null {
  if (bytes[start] !== QUOTE) return null;
  const text = bytes.toString('utf8', start + 1, end - 1);
  if (!text.includes('\\')) return text;
  const value = jsonAt(bytes, { start, end }, Infinity);
  return typeof value === 'string' ? value : null;
}

/** Returns a number, or null if the value is not a number. */
export function numberAt(bytes: Buffer, { start, end }: Span): number | null {
  const first = bytes[start]!;
  const isNumber = first === 0x2d || (first >= 0x30 && first <= 0x39);
  if (!isNumber || end - start > MAX_NUMBER_BYTES) return null;
  const value = Number(bytes.toString('latin1', start, end));
  return Number.isFinite(value) ? value : null;
}

/** Returns true or false, or null if the value is neither. */
export function booleanAt(bytes: Buffer, { start }: Span): boolean | null {
  if (bytes[start] === 0x74) return true;
  return bytes[start] === 0x66 ? false : null;
}

/** Parses a value. Returns undefined if it is longer than `maxBytes` or is not JSON. */
export function jsonAt(bytes: Buffer, { start, end }: Span, maxBytes = MAX_PARSED_BYTES): unknown {
  if (end - start > maxBytes) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as unknown;
  } catch {
    return undefined;
  }
}

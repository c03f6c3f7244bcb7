import { ElementCursor } from '../json/element-cursor';
import { memberOf } from '../json/find-value';
import { jsonAt, stringAt } from '../json/read-value';
import type { Span } from '../json/span';

/** The values of `encoding_format`. Its default is `float`. */
export type EncodingFormat = 'base64' | 'float';

/**
 * - `same`: the vectors have the format already, so the bytes stay
 * - `converted`: the bytes with all vectors in the format
 * - `empty`: the response has no vectors
 * - `invalid`: the response has no list of vectors, or vectors of no known format, or is too long to convert
 */
export type FormattedEmbeddings =
  | { readonly kind: 'same' | 'empty' | 'invalid' }
  | { readonly kind: 'converted'; readonly body: readonly Buffer[] };

const MAX_CONVERTED_BYTES = 16 * 1024 * 1024;
/** More than any API accepts. */
const MAX_VECTORS = 50_000;

const FLOAT_BYTES = 4;
const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;

/** Gives a response of the embeddings API the format that the caller asked for. Looks only at its first vector otherwise. */
export function formatEmbeddings(bytes: Buffer, format: EncodingFormat): FormattedEmbeddings {
  const data = memberOf(bytes, 0, bytes.length, 'data');
  const vectors = new ElementCursor(bytes, data?.end ?? 0);
  if (data === null || !vectors.enter(data.start)) return { kind: 'invalid' };
  if (!vectors.next()) return { kind: vectors.problem === null ? 'empty' : 'invalid' };
  const first = vectorOf(bytes, vectors);
  if (first === null) return { kind: 'invalid' };
  if (formatOf(bytes, first) === format) return { kind: 'same' };
  const body = bytes.length > MAX_CONVERTED_BYTES ? null : convert(bytes, vectors, format);
  return body === null ? { kind: 'invalid' } : { kind: 'converted', body };
}

/** Converts all vectors from the current one on. Returns null if one of them is invalid. */
function convert(bytes: Buffer, vectors: ElementCursor, format: EncodingFormat): Buffer[] | null {
  const pieces: Buffer[] = [];
  let passFrom = 0;
  let count = 0;
  do {
    const vector = vectorOf(bytes, vectors);
    if (vector === null || ++count > MAX_VECTORS) return null;
    if (formatOf(bytes, vector) === format) continue;
    const converted = format === 'base64' ? toBase64(bytes, vector) : toFloats(bytes, vector);
    if (converted === null) return null;
    pieces.push(bytes.subarray(passFrom, vector.start), Buffer.from(converted));
    passFrom = vector.end;
  } while (vectors.next());
  pieces.push(bytes.subarray(passFrom));
  return vectors.problem === null ? pieces : null;
}

function vectorOf(bytes: Buffer, { valueStart, valueEnd }: ElementCursor): Span | null {
  return memberOf(bytes, valueStart, valueEnd, 'embedding');
}

function formatOf(bytes: Buffer, { start }: Span): EncodingFormat | null {
  if (bytes[start] === QUOTE) return 'base64';
  return bytes[start] === OPEN_BRACKET ? 'float' : null;
}

/** Returns the JSON string of 32-bit floats, little-endian. */
function toBase64(bytes: Buffer, span: Span): string | null {
  const numbers = jsonAt(bytes, span, MAX_CONVERTED_BYTES);
  if (!Array.isArray(numbers)) return null;
  const floats = Buffer.alloc(numbers.length * FLOAT_BYTES);
  for (const [index, number] of numbers.entries()) {
    if (typeof number !== 'number') return null;
    floats.writeFloatLE(number, index * FLOAT_BYTES);
  }
  return `"${floats.toString('base64')}"`;
}

/** Returns the JSON array of 32-bit floats, little-endian. */
function toFloats(bytes: Buffer, span: Span): string | null {
  const text = stringAt(bytes, span);
  const floats = text === null ? null : Buffer.from(text, 'base64');
  if (floats === null || floats.length % FLOAT_BYTES !== 0) return null;
  const numbers: number[] = [];
  for (let at = 0; at < floats.length; at += FLOAT_BYTES) numbers.push(floats.readFloatLE(at));
  return numbers.every(Number.isFinite) ? JSON.stringify(numbers) : null;
}

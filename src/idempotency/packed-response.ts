import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { jsonObject } from '../common/batches';

/** Bytes of a response, and of a part of a longer one, in one row. */
export const MAX_ROW_BYTES = 256 * 1024;

/** Base64 has four characters for three bytes. */
const PART_BYTES = (MAX_ROW_BYTES / 4) * 3;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** A response body as it is stored: in the row of its key, or compressed in parts if it is longer than a row. */
export interface PackedResponse {
  readonly text: string | null;
  /** In base64. Empty if `text` is not null. */
  readonly parts: readonly string[];
  /** Bytes of the text or of all parts. */
  readonly storedBytes: number;
}

export async function packResponse(body: object): Promise<PackedResponse> {
  const json = await jsonObject(body);
  if (json.length <= MAX_ROW_BYTES)
    return { text: json.toString('utf8'), parts: [], storedBytes: json.length };
  // Long responses repeat the same keys and tags thousands of times, so the fastest level is enough.
  const packed = await compress(json, { level: constants.Z_BEST_SPEED });
  const parts: string[] = [];
  for (let start = 0; start < packed.length; start += PART_BYTES) {
    parts.push(packed.subarray(start, start + PART_BYTES).toString('base64'));
  }
  return { text: null, parts, storedBytes: parts.reduce((sum, part) => sum + part.length, 0) };
}

/** Returns the JSON whose parts {@link packResponse} returned. */
export async function unpackResponse(parts: readonly string[]): Promise<string> {
  return (await decompress(Buffer.concat(parts.map((part) => Buffer.from(part, 'base64'))))).toString('utf8');
}

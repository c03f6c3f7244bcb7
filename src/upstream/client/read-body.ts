import { PassThrough, type Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { upstreamInvalidResponse } from '../upstream-error';

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['', () => new PassThrough()],
  ['identity', () => new PassThrough()],
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** The encodings that {@link readBody} decodes, for `accept-encoding`. */
export const ACCEPTED_ENCODINGS = 'gzip, br, deflate';

/**
 * Reads a body and decodes its content encoding; more than one encoding is invalid. The limit counts decoded bytes and
 * stops the read immediately, because 200 KB of gzip can contain 200 MB. With `truncates`, a body over the limit is cut
 * at the limit; without it, the function throws `upstream_invalid_response`. The caller destroys the body.
 */
export async function readBody(
  body: Readable,
  contentEncoding: string,
  limit: { readonly maxBytes: number; readonly truncates: boolean },
): Promise<Buffer> {
  const createDecoder = DECODERS.get(contentEncoding.trim().toLowerCase());
  if (!createDecoder) throw upstreamInvalidResponse('has an unknown content encoding, or more than one');
  const chunks: Buffer[] = [];
  let size = 0;
  let isTooLarge = false;
  try {
    await pipeline(body, createDecoder(), async (decoded: AsyncIterable<Buffer>) => {
      for await (const chunk of decoded) {
        isTooLarge = size + chunk.length > limit.maxBytes;
        chunks.push(isTooLarge ? chunk.subarray(0, limit.maxBytes - size) : chunk);
        if (isTooLarge) throw new Error('too large');
        size += chunk.length;
      }
    });
  } catch (error) {
    if (!isTooLarge) throw error;
    if (!limit.truncates) throw upstreamInvalidResponse('is too large');
  }
  return Buffer.concat(chunks);
}

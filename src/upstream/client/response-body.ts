import { PassThrough, type Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { upstreamInvalidResponse } from '../upstream-error';

const DECODERS: Readonly<Record<string, () => Transform>> = {
  '': () => new PassThrough(),
  identity: () => new PassThrough(),
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The encodings that {@link readBody} decodes, for `accept-encoding`. */
export const ACCEPTED_ENCODINGS = 'gzip, br, deflate';

/**
 * Reads a body and undoes its one content encoding. The limit counts decoded bytes and stops the reading at
 * once, since 200 KB of gzip can hold 200 MB. `cut` keeps what came so far instead of throwing.
 */
export async function readBody(
  body: Readable,
  contentEncoding: string,
  limit: { readonly maxBytes: number; readonly cut: boolean },
): Promise<Buffer> {
  const decoder = DECODERS[contentEncoding.trim().toLowerCase()];
  if (!decoder) {
    body.on('error', ignore).destroy();
    throw upstreamInvalidResponse('has an unknown content encoding, or more than one');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  let isTooLarge = false;
  try {
    await pipeline(body, decoder(), async (decoded: AsyncIterable<Buffer>) => {
      for await (const chunk of decoded) {
        isTooLarge = size + chunk.length > limit.maxBytes;
        chunks.push(isTooLarge ? chunk.subarray(0, limit.maxBytes - size) : chunk);
        if (isTooLarge) throw new Error('too large');
        size += chunk.length;
      }
    });
  } catch (error) {
    if (!isTooLarge) throw error;
    if (!limit.cut) throw upstreamInvalidResponse('is too large');
  }
  return Buffer.concat(chunks);
}

/** A destroyed body emits the abort that destroyed it; nobody else listens. */
export function ignore(): void {}

import { PassThrough, pipeline as connect, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { upstreamInvalidResponse, upstreamTooLarge } from '../upstream-error';
import { hasZlibHeader, readEncoding } from './content-encoding';

type Decoder = NodeJS.ReadWriteStream | ((source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>);

const DECODERS: ReadonlyMap<string, () => Decoder> = new Map<string, () => Decoder>([
  ['', () => new PassThrough()],
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', () => inflateEither],
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
  const createDecoder = DECODERS.get(readEncoding(contentEncoding));
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
    if (!limit.truncates) throw upstreamTooLarge();
  }
  return Buffer.concat(chunks);
}

async function* inflateEither(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const decoder = hasZlibHeader(first.value) ? createInflate() : createInflateRaw();
  yield* connect(Readable.from(prepend(first.value, chunks)), decoder, () => undefined);
}

async function* prepend(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

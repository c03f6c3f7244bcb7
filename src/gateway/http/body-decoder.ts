import type { Duplex } from 'node:stream';
import zlib from 'node:zlib';
import { GatewayError } from '../dialect/gateway-error';

/** The part of zlib that only newer versions of Node have. */
const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => Duplex };

const DECODERS = new Map<string, () => Duplex>([
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  ['deflate', () => zlib.createInflate()],
]);
if (createZstdDecompress) DECODERS.set('zstd', createZstdDecompress);

/** Returns a stream that decodes a body with this `content-encoding`, or null if there is nothing to decode. */
export function createBodyDecoder(encoding: string | undefined): Duplex | null {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return null;
  const create = DECODERS.get(name);
  if (create) return create();
  const known = [...DECODERS.keys()].filter((other) => other !== 'x-gzip').join(', ');
  throw new GatewayError(
    'unsupported_media_type',
    `Unknown content-encoding. Send one of: ${known}, or none.`,
  );
}

/** Rejects a content type other than JSON in UTF-8. A request without one is accepted. */
export function assertJson(contentType: string | undefined): void {
  if (contentType === undefined || contentType === 'application/json') return;
  const [, type = '', parameters = ''] = /^\s*([^;\s]*)\s*(.*)$/s.exec(contentType) ?? [];
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(parameters)?.[1];
  const isJson = /^application\/(?:[\w.+-]+\+)?json$/i.test(type);
  if (isJson && (charset === undefined || /^utf-?8$/i.test(charset))) return;
  throw new GatewayError(
    'unsupported_media_type',
    'The body must be JSON. Send content-type application/json.',
  );
}

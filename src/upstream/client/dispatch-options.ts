import type { Dispatcher } from 'undici';
import type { PooledRequest } from './pooled-call';

/** Parts of a smaller body are copied into one buffer, which costs less than to write them one by one. */
const MAX_COPIED_BYTES = 16 * 1024;

/** Returns undici's options of a request. They can be used for more than one attempt. */
export function createDispatchOptions({ path, headers, body }: PooledRequest): Dispatcher.DispatchOptions {
  let size = 0;
  for (const part of body) size += part.length;
  if (body.length === 1 || size <= MAX_COPIED_BYTES) {
    const bytes = body.length === 1 ? body[0]! : Buffer.concat(body, size);
    return { path, method: 'POST', headers: headers as string[], body: bytes };
  }
  return {
    path,
    method: 'POST',
    headers: [...headers, 'content-length', String(size)],
    // Undici takes an iterable of buffers, which its types do not say.
    body: body as unknown as Buffer,
  };
}

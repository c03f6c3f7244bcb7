import { createHash } from 'node:crypto';

/** The key of a stored response. Upstreams choose the length of their ids. */
export function responseKey(responseId: string): string {
  return createHash('sha256').update(responseId).digest('hex');
}

import { hash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../../common/domain-error';
import { requestOf } from '../request-context';

/** Returns a strong validator, which changes with any byte of the representation (RFC 9110, section 8.8.3). */
export function etagOf(representation: unknown): string {
  return etagOfText(JSON.stringify(representation));
}

export function etagOfText(text: string | Buffer): string {
  return etagOfDigest(hash('sha256', text, 'base64url'));
}

/** Returns the validator of a text from its SHA-256 in base64url. */
export function etagOfDigest(digest: string): string {
  return `"${digest.slice(0, 27)}"`;
}

const ETAG_LIST = /^\s*(\*|(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*)\s*$/;

/** The request's `If-Match`, unchanged. Throws 400 if it is not a list of entity tags. */
export const IfMatch = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | undefined => {
    const header = requestOf(context).headers['if-match'];
    if (header !== undefined && !ETAG_LIST.test(header)) {
      throw new DomainError(
        'malformed',
        'request.if_match',
        'Invalid If-Match. Send the ETag of an earlier response with its quotes, or *.',
      );
    }
    return header;
  },
);

/** Throws 412 if the resource has changed since the caller read it. A weak tag never matches (strong comparison). */
export function assertMatch(ifMatch: string | undefined, representation: unknown): void {
  if (hasEtags(ifMatch)) assertEtag(ifMatch, etagOf(representation));
}

/** Whether the precondition depends on the representation. `*` only requires that the resource exists. */
export function hasEtags(ifMatch: string | undefined): ifMatch is string {
  return ifMatch !== undefined && ifMatch.trim() !== '*';
}

/** Throws 412 if the condition does not name this entity tag. */
export function assertEtag(ifMatch: string, etag: string): void {
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes(etag)) return;
  const detail = 'The resource has changed since you read it. Fetch it again and retry.';
  throw new DomainError('precondition_failed', 'request.stale_etag', detail);
}

/** Whether a cached response is still valid (weak comparison, RFC 9110, section 13.1.2). */
export function matchesNone(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

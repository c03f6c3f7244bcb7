import { hash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../../common/domain-error';
import { requestOf } from '../request-context';

/** A strong validator: it changes with any byte that the representation shows (RFC 9110, section 8.8.3). */
export function etagOf(representation: unknown): string {
  return etagOfText(JSON.stringify(representation));
}

export function etagOfText(text: string | Buffer): string {
  return `"${hash('sha256', text, 'base64url').slice(0, 27)}"`;
}

const ETAG_LIST = /^\s*(\*|(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*)\s*$/;

/** The request's `If-Match`, as sent. 400 where it is no list of entity tags. */
export const IfMatch = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | undefined => {
    const header = requestOf(context).headers['if-match'];
    if (header !== undefined && !ETAG_LIST.test(header)) {
      throw new DomainError(
        'malformed',
        'request.if_match',
        'If-Match takes the ETag of an earlier answer, in quotes, or *.',
      );
    }
    return header;
  },
);

/** 412 where the resource is no longer what the caller has seen. Strong comparison: a weak tag never matches. */
export function assertMatch(ifMatch: string | undefined, representation: unknown): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes(etagOf(representation))) return;
  const detail = 'It has changed since you read it. Read it again and decide anew.';
  throw new DomainError('precondition_failed', 'request.stale_etag', detail);
}

/** Whether a cached answer is still good (weak comparison, RFC 9110, section 13.1.2). */
export function matchesNone(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

import type { ApiResponse } from './api-client';

/** Returns the target of the link to the next page (RFC 8288), or null on the last page. */
export function findNextPage({ headers }: Pick<ApiResponse, 'headers'>): string | null {
  const link = headers.get('link');
  if (link === null) return null;
  const [, target] = /^<([^>]+)>; rel="next"$/.exec(link) ?? [];
  if (target === undefined) throw new Error(`no link: ${link}`);
  return target;
}

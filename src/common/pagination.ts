import { DomainError } from './domain-error';

export const MAX_PAGE_SIZE = 200;

/** The paging parameters of a request. A null `limit` requests the full list. */
export interface PageQuery {
  readonly limit: number | null;
  readonly cursor: string | null;
}

/** One page of a list. `nextCursor` is null on the last page. */
export class Page<T> {
  constructor(
    readonly items: T[],
    readonly nextCursor: string | null,
  ) {}
}

/** Throws 400 for an invalid `limit`. */
export function parsePageQuery(query: Readonly<Record<string, string>>): PageQuery {
  const { limit, cursor } = query;
  const size = Number(limit);
  if (limit !== undefined && (!/^\d{1,3}$/.test(limit) || size < 1 || size > MAX_PAGE_SIZE)) {
    throw new DomainError(
      'malformed',
      'query.limit',
      `limit must be a whole number from 1 to ${MAX_PAGE_SIZE}.`,
    );
  }
  return { limit: limit === undefined ? null : size, cursor: cursor ?? null };
}

/** Creates a page from `rows`, which must contain one row more than `limit` if there is a next page. */
export function pageOf<T>(rows: T[], limit: number | null, cursorOf: (last: T) => string): Page<T> {
  if (limit === null || rows.length <= limit) return new Page(rows, null);
  const items = rows.slice(0, limit);
  return new Page(items, cursorOf(items[limit - 1]!));
}

export function mapPage<T, U>(page: Page<T>, map: (item: T) => U): Page<U> {
  return new Page(page.items.map(map), page.nextCursor);
}

import { DomainError } from './domain-error';

export const MAX_PAGE_SIZE = 200;

/** What the query of a list says. Without `limit` the whole list is meant. */
export interface PageQuery {
  readonly limit: number | null;
  readonly cursor: string | null;
}

/** A list's answer: its items, and where the next page begins if there is one. */
export class Page<T> {
  constructor(
    readonly items: T[],
    readonly nextCursor: string | null,
  ) {}
}

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

/** Cuts what was read (one row more than asked for) to the page, and makes its cursor from the last row. */
export function pageOf<T>(rows: T[], limit: number | null, cursorOf: (last: T) => string): Page<T> {
  if (limit === null || rows.length <= limit) return new Page(rows, null);
  const items = rows.slice(0, limit);
  return new Page(items, cursorOf(items[limit - 1]!));
}

export function mapPage<T, U>(page: Page<T>, map: (item: T) => U): Page<U> {
  return new Page(page.items.map(map), page.nextCursor);
}

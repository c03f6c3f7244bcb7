import { isJsonObject, type JsonObject } from '../../common/json-object';
import { parseUrl } from '../../common/parse-url';
import type { JsonCall, JsonResponse } from '../client/call-json';
import { findCount, findText, listParts } from './entry-values';

/** Where the next page is. `next` is null if there is none, or if it cannot be asked for. */
export interface NextPage {
  readonly next: JsonCall | null;
  /** The models of the whole list, or null if the upstream does not say. */
  readonly total: number | null;
}

/** What has been read so far. */
export interface ReadPages {
  /** The request of the last page. */
  readonly call: JsonCall;
  /** Entries of all pages. */
  readonly entries: number;
  /** The id of the last entry. */
  readonly lastId: string | null;
  /** The parameter that takes the id of the last entry: `after` at OpenAI, `after_id` at Anthropic. */
  readonly afterParameter: string;
  /** The number that the first page has in the responses, or null. Some upstreams begin at 0. */
  readonly firstPage: number | null;
}

/** Where page numbers and totals are: Featherless (`pagination`), Cloudflare (`result_info`) and others. */
const PAGINATION_PARTS = ['pagination', 'result_info', 'page_info', 'paging', 'meta', ''];
const NEXT_PARTS = ['', 'links', 'pagination', 'paging', 'meta'];
/** Tokens of the next page, by the name in the response, with the parameter that takes each. */
const TOKENS: readonly (readonly [member: string, parameter: string])[] = [
  ['next_page_token', 'page_token'],
  ['nextPageToken', 'pageToken'],
  ['next_cursor', 'cursor'],
  ['nextCursor', 'cursor'],
  ['nextToken', 'nextToken'],
];

/** The characters of the URL or token of a page, which an upstream could make as long as a response. */
const MAX_NEXT_LENGTH = 4096;

type FindNext = (json: JsonObject, response: JsonResponse, read: ReadPages) => JsonCall | null | undefined;

/** In the order of precedence. Each returns null if there is a page that cannot be asked for, undefined if it is silent. */
const STYLES: readonly FindNext[] = [findNextUrl, findToken, findCursor, findPageNumber, findOther];

/** Finds the next page in every style of docs/vendors.md. Returns null at the end of the list. */
export function findNextPage(response: JsonResponse, read: ReadPages): NextPage | null {
  const json = isJsonObject(response.json) ? response.json : {};
  for (const find of STYLES) {
    const next = find(json, response, read);
    if (next !== undefined) return { next, total: findTotal(json) };
  }
  return null;
}

/** Follows a URL at the same origin, because another one must not receive the key. */
function findNextUrl(json: JsonObject, { headers, url }: JsonResponse): JsonCall | null | undefined {
  const parts = listParts(json, NEXT_PARTS);
  const inBody = parts.flatMap(({ next, next_url }) => [next, next_url, isJsonObject(next) && next.href]);
  const text = findText(...inBody, readLink(String(headers.link ?? '')));
  if (text === undefined || !/^(https?:|[/?])/i.test(text)) return undefined;
  if (text.length > MAX_NEXT_LENGTH) return null;
  const next = parseUrl(text, url);
  return next !== null && next.origin === url.origin ? { to: withoutFragment(next) } : null;
}

/** Returns the target of `rel="next"` (RFC 8288), or undefined. */
function readLink(header: string): string | undefined {
  for (const [, target, parameters = ''] of header.matchAll(/<([^<>]*)>([^<]*)/g)) {
    for (const [, quoted, token] of parameters.matchAll(/;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/gi))
      if (/\bnext\b/i.test(quoted ?? token!)) return target;
  }
  return undefined;
}

function findToken(
  json: JsonObject,
  _response: JsonResponse,
  { call }: ReadPages,
): JsonCall | null | undefined {
  for (const part of listParts(json, NEXT_PARTS)) {
    for (const [member, parameter] of TOKENS) {
      const token = findText(part[member]);
      if (token !== undefined) return withQuery(call, parameter, token);
    }
  }
  return undefined;
}

function findCursor(json: JsonObject, _response: JsonResponse, read: ReadPages): JsonCall | null | undefined {
  if (json.has_more !== true && json.hasMore !== true) return undefined;
  const last = findText(json.last_id, json.lastId) ?? read.lastId;
  return last === null ? null : withQuery(read.call, read.afterParameter, last);
}

function findPageNumber(
  json: JsonObject,
  _response: JsonResponse,
  read: ReadPages,
): JsonCall | null | undefined {
  for (const part of listParts(json, PAGINATION_PARTS)) {
    const pages = pagesOf(part);
    const total = totalOf(part);
    const current = numberOf(part) ?? Number(read.call.query?.page ?? 1);
    const isLast =
      pages === undefined
        ? read.entries >= (total ?? 0)
        : current + 1 >= pages + (read.firstPage === 0 ? 0 : 1);
    if (!isLast) return withQuery(read.call, 'page', String(current + 1));
    if (pages !== undefined || total !== undefined) return undefined;
  }
  return undefined;
}

/** A response may say in other ways that there is a next page. Without its number, Caret cannot request it. */
function findOther(
  json: JsonObject,
  _response: JsonResponse,
  { call, entries }: ReadPages,
): JsonCall | null | undefined {
  const total = findTotal(json);
  if (total !== null && entries >= total) return undefined;
  for (const part of listParts(json, [...PAGINATION_PARTS, 'links'])) {
    const next = countOf(part.next_page, part.nextPage);
    if (next !== undefined) return withQuery(call, 'page', String(next));
    const hasNext = [part.has_next, part.hasNext, part.has_next_page, part.hasNextPage].includes(true);
    const current = numberOf(part);
    if (hasNext && current !== undefined) return withQuery(call, 'page', String(current + 1));
    if (hasNext || findText(part.next) !== undefined) return null;
  }
  return undefined;
}

/** Returns the first positive number. Some upstreams send their numbers as text. */
function countOf(...values: readonly unknown[]): number | undefined {
  return findCount(
    ...values.map((value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value)),
  );
}

/** Returns the number of a page, as the response states it beside a total, or null. */
export function findPageNumberOf(json: unknown): number | null {
  const parts = isJsonObject(json) ? listParts(json, PAGINATION_PARTS) : [];
  const counted = parts.filter((part) => pagesOf(part) !== undefined || totalOf(part) !== undefined);
  return counted.map(numberOf).find((number) => number !== undefined) ?? null;
}

function numberOf(part: JsonObject): number | undefined {
  return [part.current_page, part.currentPage, part.page_number, part.pageNumber, part.page]
    .map((value) => (value === 0 || value === '0' ? 0 : countOf(value)))
    .find((value) => value !== undefined);
}

function pagesOf({ total_pages, totalPages, page_count, last_page }: JsonObject): number | undefined {
  return countOf(total_pages, totalPages, page_count, last_page);
}

function findTotal(json: JsonObject): number | null {
  return (
    listParts(json, PAGINATION_PARTS)
      .map(totalOf)
      .find((total) => total !== undefined) ?? null
  );
}

function totalOf({ total, total_count, totalCount, total_items }: JsonObject): number | undefined {
  return countOf(total, total_count, totalCount, total_items);
}

function withQuery(call: JsonCall, name: string, value: string): JsonCall | null {
  return value.length > MAX_NEXT_LENGTH ? null : { ...call, query: { ...call.query, [name]: value } };
}

function withoutFragment(url: URL): URL {
  url.hash = '';
  return url;
}

import { type UpstreamModels } from '../adapters/upstream-adapter';
import { CallBudget } from '../client/call-budget';
import { callJson, type JsonCall, type JsonResponse } from '../client/call-json';
import { type GuardedHttpClient } from '../client/guarded-http-client';
import { isTooLarge, isUpstreamTimeout, suggestTimeout, upstreamInvalidResponse } from '../upstream-error';
import { findTimeoutMs, listSecrets, type UpstreamTarget } from '../upstream-target';
import { findEntries } from './find-entries';
import { findNextPage, findPageNumberOf } from './next-page';
import { UpstreamModelList } from './upstream-model-list';

const LIST_DEADLINE_MS = 20_000;
const LIST_MAX_BYTES = 16 * 1024 * 1024;
/** Each page costs a connection. */
const MAX_PAGES = 500;

/** How a protocol asks for the pages of its list. */
export interface ListStyle {
  readonly query?: Readonly<Record<string, string>>;
  /** The parameter that takes the id of the last entry. */
  readonly afterParameter: 'after' | 'after_id';
}

/**
 * Reads a list of models to its end. At the limits of pages, models, bytes and time, and at a page that brings nothing new, the
 * result is what was read, marked as truncated. A list with a skipped page, or with fewer entries than the upstream counts,
 * is truncated, too. `timeout_ms` can only shorten the deadline of all pages together.
 */
export async function readModelList(
  http: GuardedHttpClient,
  target: UpstreamTarget,
  { query, afterParameter }: ListStyle,
  signal?: AbortSignal,
): Promise<UpstreamModels> {
  const budget = createListBudget(target, signal);
  const list = new UpstreamModelList(listSecrets(target));
  let call: JsonCall = { to: '/models', query };
  let total: number | null = null;
  let response = await readFirstPage(http, target, call, budget);
  const firstPage = findPageNumberOf(response.json);
  let lastPage = firstPage === 0 ? -1 : 0;
  let isSkipped = false;
  for (let pages = 1; ; pages++) {
    const found = findEntries(response.json);
    if (found === null) throw upstreamInvalidResponse('is not a list of models', response.status);
    const isNew = await list.add(found, response.url);
    const { entries, lastId } = list;
    const page = findNextPage(response, { call, entries, lastId, afterParameter, firstPage });
    const number = findPageNumberOf(response.json);
    if (number !== null) {
      isSkipped ||= number > lastPage + 1;
      lastPage = number;
    }
    total = page?.total ?? total;
    if (page === null) {
      const isShort = total !== null && entries < total;
      const isBeyondEnd = !isNew && call.query?.page !== undefined;
      return list.toResult(isSkipped || isShort || isBeyondEnd, total, response.status);
    }
    const isEnd = page.next === null || !isNew || list.isFull || pages === MAX_PAGES;
    const next = isEnd ? null : await readPage(http, target, (call = page.next!), budget);
    if (next === null) return list.toResult(true, total, response.status);
    response = next;
  }
}

/** `timeout_ms` cannot extend the deadline of a list, so a timeout at that deadline does not suggest it. */
async function readFirstPage(
  http: GuardedHttpClient,
  target: UpstreamTarget,
  call: JsonCall,
  budget: CallBudget,
): Promise<JsonResponse> {
  try {
    return await callJson(http, target, call, budget);
  } catch (error) {
    const isShortened = (findTimeoutMs(target) ?? LIST_DEADLINE_MS) < LIST_DEADLINE_MS;
    throw isShortened ? suggestTimeout(error, LIST_DEADLINE_MS) : error;
  }
}

/** Returns null if the pages have more bytes, or take more time, than one list may. */
async function readPage(
  http: GuardedHttpClient,
  target: UpstreamTarget,
  call: JsonCall,
  budget: CallBudget,
): Promise<JsonResponse | null> {
  if (budget.remainingBytes <= 0) return null;
  try {
    return await callJson(http, target, call, budget);
  } catch (error) {
    // A call that was cancelled fails with a timeout, too.
    const isLate = isUpstreamTimeout(error) && budget.signal?.aborted !== true;
    if (isTooLarge(error) || isLate) return null;
    throw error;
  }
}

function createListBudget(target: UpstreamTarget, signal?: AbortSignal): CallBudget {
  const deadlineMs = Math.min(findTimeoutMs(target) ?? LIST_DEADLINE_MS, LIST_DEADLINE_MS);
  return new CallBudget(deadlineMs, LIST_MAX_BYTES, undefined, signal);
}

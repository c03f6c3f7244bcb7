import { isSecretHeader } from '../../advanced-json/secret-headers';
import { parseBaseUrl } from '../base-url';
import { buildCallUrl } from '../call-settings';
import { CallBudget } from '../client/call-budget';
import { callJson } from '../client/call-json';
import { type GuardedHttpClient } from '../client/guarded-http-client';
import { knownKeyPath } from '../known-hosts';
import { UpstreamError } from '../upstream-error';
import { listExtraHeaders, listExtraQuery, type UpstreamTarget } from '../upstream-target';
import { findEntries } from './find-entries';

const DEADLINE_MS = 10_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** Returns what a list without a key depends on: its URL with the query, and the headers that are sent. */
export function identifyList(target: UpstreamTarget): string {
  const url = buildCallUrl(target, '/models');
  for (const [name, value] of listExtraQuery(target)) url.searchParams.set(name, value);
  return JSON.stringify([target.kind, url.href, listExtraHeaders(withoutKey(target))]);
}

/** What an upstream sends to a request for its list without a key. */
export type AnonymousList = 'models' | 'empty' | 'rejected';

/**
 * Asks for the list without any credential. Returns null if the upstream fails in another way than by rejecting the
 * credentials.
 */
export async function probePublicList(
  http: GuardedHttpClient,
  target: UpstreamTarget,
  signal: AbortSignal | undefined,
): Promise<AnonymousList | null> {
  const budget = new CallBudget(DEADLINE_MS, MAX_BYTES, undefined, signal);
  try {
    const { json } = await callJson(http, withoutKey(target), { to: '/models' }, budget);
    const found = findEntries(json);
    if (found === null) return null;
    return found.entries.length > 0 ? 'models' : 'empty';
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const isRejected = error.code === 'llm_providers.upstream_auth_failed';
    return isRejected || error.upstreamStatus === 403 ? 'rejected' : null;
  }
}

/** Whether the vendor has a free endpoint that accepts only a valid key. */
export function hasKeyEndpoint({ kind, baseUrl }: UpstreamTarget): boolean {
  return knownKeyPath(parseBaseUrl(kind, baseUrl)) !== null;
}

/**
 * Asks the vendor's free endpoint that accepts only a valid key. Returns false if Caret knows none. Throws an
 * `UpstreamError` if the vendor rejects the key.
 */
export async function probeKey(
  http: GuardedHttpClient,
  target: UpstreamTarget,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const base = parseBaseUrl(target.kind, target.baseUrl);
  const path = knownKeyPath(base);
  if (path === null) return false;
  const list = buildCallUrl(target, '/models');
  const url = new URL(list);
  url.pathname = list.pathname.replace(/\/models$/, path);
  await callJson(http, target, { to: url }, new CallBudget(DEADLINE_MS, MAX_BYTES, undefined, signal));
  return true;
}

/** Leaves out the key and every header that may contain another one. */
function withoutKey(target: UpstreamTarget): UpstreamTarget {
  const headers = Object.entries(listExtraHeaders(target)).filter(([name]) => !isSecretHeader(name));
  return {
    ...target,
    advancedJson: {
      ...target.advancedJson,
      auth_scheme: 'none',
      extra_headers: Object.fromEntries(headers),
    },
  };
}

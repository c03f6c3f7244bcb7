import type { ApiResponse } from './clients/api-client';

export function omit(object: Readonly<Record<string, unknown>>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** What a caller can learn from a response, without what differs between requests by design. */
export interface ComparableResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Readonly<Record<string, unknown>>;
}

export function toComparableResponse({ status, headers, body }: ApiResponse): ComparableResponse {
  const comparable = [...headers].filter(
    ([name]) => !['x-request-id', 'date', 'content-length'].includes(name),
  );
  return { status, headers: comparable, body: omit(body, 'instance', 'trace_id') };
}

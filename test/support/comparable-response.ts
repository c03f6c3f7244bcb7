import type { ApiResponse } from './clients/http-client';

export function omit(object: Readonly<Record<string, unknown>>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

export interface Essence {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a caller can learn from an answer, without what differs from request to request by design. */
export function essenceOf({ status, headers, body }: ApiResponse): Essence {
  const kept = [...headers].filter(([name]) => !['x-request-id', 'date', 'content-length'].includes(name));
  return { status, headers: kept, body: omit(body, 'instance', 'trace_id') };
}

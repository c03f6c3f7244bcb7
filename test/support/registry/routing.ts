import type { ApiClient, ApiResponse, Json } from '../clients/http-client';

export function resolve(api: ApiClient, body: Json = {}): Promise<ApiResponse> {
  return api.post('/v1/resolve', body);
}

/** The selectors of the choice and of its fallbacks, in their order. */
export function routesOf({ status, body, text }: ApiResponse): string[] {
  if (status !== 200) throw new Error(`not resolved: ${status} ${text}`);
  return [body.selected, ...body.fallbacks].map(({ selector }: Json) => selector);
}

/** What became of each that was considered: its outcome, or why it is excluded, by its selector. */
export function consideredIn({ body }: ApiResponse): Record<string, string> {
  return Object.fromEntries(
    (body.considered as Json[]).map(({ selector, outcome, reason }) => [selector, reason ?? outcome]),
  );
}

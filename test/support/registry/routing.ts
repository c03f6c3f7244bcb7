import type { ApiClient, ApiResponse, Json } from '../clients/api-client';

export function resolve(api: ApiClient, body: Json = {}): Promise<ApiResponse> {
  return api.post('/v1/resolve', body);
}

/** Returns the selectors of the selected model and of its fallbacks, in order. */
export function routesOf({ status, body, text }: ApiResponse): string[] {
  if (status !== 200) throw new Error(`not resolved: ${status} ${text}`);
  return [body.selected, ...body.fallbacks].map(({ selector }: Json) => selector);
}

/** Returns the reason of each considered model or selector, by its selector. */
export function consideredIn({ body }: ApiResponse): Record<string, string> {
  return Object.fromEntries((body.considered as Json[]).map(({ selector, reason }) => [selector, reason]));
}

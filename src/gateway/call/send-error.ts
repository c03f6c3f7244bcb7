import type { Dialect } from '../dialect/endpoint';
import type { GatewayError } from '../dialect/gateway-error';
import type { CallerResponse, ResponseHeaders } from './caller-response';

/** Sends an error as a whole response in the form of the dialect. `more` are further headers. */
export function sendError(
  response: CallerResponse,
  error: GatewayError,
  dialect: Dialect,
  requestId: string,
  more: ResponseHeaders = {},
): void {
  const body = Buffer.from(JSON.stringify(error.bodyFor(dialect, requestId)));
  const headers = { ...more, ...errorHeaders(error), 'content-type': 'application/json' };
  response.send(error.statusFor(dialect), headers, body);
}

/** Returns when and whether the SDK should repeat the request. `retry-after` is in seconds, rounded up. */
export function errorHeaders({ details: { retryAfterMs, shouldRetry } }: GatewayError): ResponseHeaders {
  const headers: ResponseHeaders = {};
  if (retryAfterMs !== undefined) {
    headers['retry-after'] = Math.max(1, Math.ceil(retryAfterMs / 1000));
    headers['retry-after-ms'] = Math.ceil(retryAfterMs);
  }
  if (shouldRetry !== undefined) headers['x-should-retry'] = String(shouldRetry);
  return headers;
}

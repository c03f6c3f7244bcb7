import { GatewayError } from './gateway-error';

/** Milliseconds after which a caller should send its request again. */
const RETRY_MS = 1000;

/** Creates the error of a request that Caret cannot serve now, but perhaps a second later. */
export function createOverloaded(message: string): GatewayError {
  return new GatewayError('overloaded', message, { retryAfterMs: RETRY_MS, shouldRetry: true });
}

import { GatewayError } from '../dialect/gateway-error';

/** Milliseconds after which a caller should send the request to another replica. */
const RETRY_MS = 1000;

/** Creates the error of calls that a shutdown does not begin or cannot wait for. */
export function shuttingDown(): GatewayError {
  const text = 'This process is shutting down. Send the request again.';
  return new GatewayError('overloaded', text, { retryAfterMs: RETRY_MS, shouldRetry: true });
}

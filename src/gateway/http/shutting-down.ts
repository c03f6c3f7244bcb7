import { createOverloaded } from '../dialect/create-overloaded';
import type { GatewayError } from '../dialect/gateway-error';

/** Creates the error of calls that arrive during a shutdown, or that it cannot wait for. */
export function shuttingDown(): GatewayError {
  return createOverloaded('This process is shutting down. Send the request again.');
}

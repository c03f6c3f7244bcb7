import { MEBIBYTE } from './quotas';
import { integer, oneOf, type Parser } from './variable-parsers';

/** The most attempts of one call that any setting allows. */
export const MAX_ATTEMPTS = 10;

/** How the gateway serves calls. */
export interface GatewayConfig {
  /** GATEWAY_MAX_BODY_MB, in bytes: one request body, after decompression. Default 32 MiB. */
  readonly maxBodyBytes: number;
  /** GATEWAY_MAX_INFLIGHT_MB, in bytes: all bodies and held responses of calls in flight, of which one token takes at most a quarter. Default 512 MiB. */
  readonly maxInFlightBytes: number;
  /** GATEWAY_HEARTBEAT_SECONDS, in milliseconds: silence before a stream gets a heartbeat. Default 15 s. 0 sends none. */
  readonly heartbeatMs: number;
  /** GATEWAY_MAX_ATTEMPTS: attempts of one call. Default 4. */
  readonly maxAttempts: number;
  /** GATEWAY_RETRY_WINDOW_SECONDS, in milliseconds: no attempt begins later after the call. Default 300 s. */
  readonly retryWindowMs: number;
  /** GATEWAY_DRAIN_SECONDS, in milliseconds: how long calls in flight go on during a shutdown. Default 300 s. */
  readonly drainMs: number;
  /** GATEWAY_AUTH_STALE_SECONDS, in milliseconds: how long a verified token is valid while the database is unavailable. Default 900 s. */
  readonly authStaleMs: number;
  /** GATEWAY_REASONING_RECOVERY: whether a call is repeated without reasoning that its provider rejects. Default `strip`. */
  readonly recoversReasoning: boolean;
}

type Read = <T>(name: string, fallback: T, parse: Parser<T>) => T;

export function readGatewayConfig(read: Read): GatewayConfig {
  return {
    maxBodyBytes: read('GATEWAY_MAX_BODY_MB', 32, integer(1, 1024)) * MEBIBYTE,
    maxInFlightBytes: read('GATEWAY_MAX_INFLIGHT_MB', 512, integer(4, 1_000_000)) * MEBIBYTE,
    heartbeatMs: read('GATEWAY_HEARTBEAT_SECONDS', 15, integer(0, 3600)) * 1000,
    maxAttempts: read('GATEWAY_MAX_ATTEMPTS', 4, integer(1, MAX_ATTEMPTS)),
    retryWindowMs: read('GATEWAY_RETRY_WINDOW_SECONDS', 300, integer(1, 3600)) * 1000,
    drainMs: read('GATEWAY_DRAIN_SECONDS', 300, integer(0, 3600)) * 1000,
    authStaleMs: read('GATEWAY_AUTH_STALE_SECONDS', 900, integer(0, 86_400)) * 1000,
    recoversReasoning: read('GATEWAY_REASONING_RECOVERY', 'strip', oneOf(['strip', 'off'])) === 'strip',
  };
}

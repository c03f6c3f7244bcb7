import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamError } from '../upstream-error';

/** A call over a kept-alive connection. */
export interface PooledRequest {
  /** The account that the call is made for. It limits lookups in progress. */
  readonly accountId: string;
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** Names and values in turns, as undici takes them. */
  readonly headers: readonly string[];
  /** Sent as one body with `content-length`, without a copy. */
  readonly body: readonly Buffer[];
  /** What no error may repeat. */
  readonly secrets: readonly string[];
  /** Milliseconds from the start of the call to the first byte of the body (the whole response headers count as none). */
  readonly firstByteTimeoutMs: number;
  /** Milliseconds between two bytes of the body. */
  readonly idleTimeoutMs: number;
  /** Milliseconds for the whole call. */
  readonly deadlineMs: number;
}

/** Receives the response. After `onEnd` or `onError` nothing is called. Nothing is called after `abort` either. */
export interface PooledHandler {
  /** Once, without 1xx. Redirects are reported as an error. */
  onHeaders(status: number, headers: IncomingHttpHeaders): void;
  /** Decoded bytes, as they arrive. */
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** An `UpstreamError` or `egress_denied`. */
  onError(error: UpstreamError | Error): void;
}

export interface PooledCall {
  /** Stops reading from the upstream until `resume`. The idle timeout rests too. */
  pause(): void;
  resume(): void;
  /** Ends the call and its connection at once, in every phase. */
  abort(): void;
}

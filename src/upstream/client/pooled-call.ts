import type { IncomingHttpHeaders } from 'node:http';

/** A call over a kept-alive connection. */
export interface PooledRequest {
  /** The account that the call is made for. It limits lookups in progress. */
  readonly accountId: string;
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** Alternating names and values, as undici takes them. */
  readonly headers: readonly string[];
  /** Sent as one body with `content-length`, without a copy. */
  readonly body: readonly Buffer[];
  /** What no error may repeat. */
  readonly secrets: readonly string[];
  /** Milliseconds from the start of the call to the first byte of the body. Response headers alone do not meet it. */
  readonly firstByteTimeoutMs: number;
  /** Milliseconds between two bytes of the body. */
  readonly idleTimeoutMs: number;
  /** Milliseconds for the whole call. */
  readonly deadlineMs: number;
}

/** Receives the response. Nothing is called after `onEnd`, `onError` or {@link PooledCall.abort}. */
export interface PooledHandler {
  /** Once, without 1xx. Redirects are reported as an error. */
  onHeaders(status: number, headers: IncomingHttpHeaders): void;
  /** Decoded bytes, as they arrive. */
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** An `UpstreamError` or `egress_denied`. */
  onError(error: Error): void;
}

export interface PooledCall {
  /** Stops reading from the upstream until `resume`. The idle timeout does not run meanwhile. */
  pause(): void;
  resume(): void;
  /** Ends the call and its connection immediately, in every phase. */
  abort(): void;
}

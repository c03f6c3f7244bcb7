/** Response headers by lower-case name. */
export type ResponseHeaders = Record<string, string | number>;

/** Why a caller does not get its whole response. */
export type LeaveReason = 'client_closed' | 'client_stalled' | 'shutdown';

/**
 * The response to a caller of the gateway. Every method does nothing after the caller has left. Only the first call of `send`
 * or `start` has an effect.
 */
export interface CallerResponse {
  /** Whether status and headers have been sent. */
  readonly hasStarted: boolean;
  /** Whether the connection to the caller was closed, by either side, before the response ended. */
  readonly hasLeft: boolean;
  /** Bytes of the body so far. */
  readonly bytes: number;

  /** Sets the only listener for a caller that leaves. Calls it at most once, even if the caller has left already. */
  onLeave(listener: (reason: LeaveReason) => void): void;

  /** Sends status and headers together with the first chunk. Adds the headers that every response has. */
  start(status: number, headers: ResponseHeaders): void;

  /** Returns false if the caller reads slower than the upstream sends: stop until `onDrain`. */
  write(chunk: Buffer): boolean;

  /** Sets the only listener for a full buffer that has drained. */
  onDrain(listener: () => void): void;

  end(chunk?: Buffer): void;

  /** Closes the connection, so that the caller does not take a truncated body for a complete one. */
  abort(): void;

  /** Sends a whole response with `content-length`. */
  send(status: number, headers: ResponseHeaders, body: Buffer): void;
}

import type { IncomingHttpHeaders } from 'node:http';
import type { PooledCall, PooledHandler } from '../../upstream/client/pooled-call';
import type { GatewayTarget } from '../target/gateway-target';
import type { OpenedAttempt } from './open-attempt';
import { findRequestId } from './upstream-request-id';

/** Passes a response on to the caller as it arrives. */
export interface Delivery {
  /** The vendor's usage object, as far as it has arrived. Null if there is none. */
  readonly usage: unknown;
  /** Bytes of generated text so far, for an estimate of the output. */
  readonly outputBytes: number;
  readonly responseId: string | null;
  push(chunk: Buffer): void;
  /** The upstream has ended its response. */
  end(): void;
}

/** How long an upstream may keep a response open after its last event, in milliseconds. */
const LINGER_MS = 2000;

const NO_BYTES = Buffer.alloc(0);

/** Receives the events of an attempt. */
export interface AttemptOwner {
  /** Chooses how the response is delivered, by its status and headers. */
  receive(attempt: Attempt): Delivery;
  /** The call ended without a complete response. */
  onTransportError(attempt: Attempt, error: Error): void;
  /** Caret itself threw an exception. */
  onCrash(error: unknown): void;
}

/** One call of a target. Reports to its owner until it is over. */
export class Attempt implements PooledHandler {
  status: number | null = null;
  headers: IncomingHttpHeaders = {};
  delivery: Delivery | null = null;
  /** The body of an unsuccessful response. */
  rejection: Buffer = NO_BYTES;
  /** Milliseconds since the start of the attempt. */
  msFirstByte: number | null = null;
  msFirstContent: number | null = null;
  /** Bytes that the caller gets after the end of the attempt. */
  lastBytes = 0;
  /** Milliseconds from the start to the end of the attempt. */
  msTotal = 0;
  /** Whether the attempt has ended, so that its owner gets no further events. */
  isOver = false;
  private requestId: string | null = null;
  private call: PooledCall | null = null;
  /** Whether the upstream may still send. */
  private isReceiving = true;
  private lingering: NodeJS.Timeout | undefined;

  constructor(
    private readonly owner: AttemptOwner,
    readonly target: GatewayTarget,
    readonly opened: OpenedAttempt,
    readonly startedAt: number,
  ) {}

  start(call: PooledCall): void {
    this.call = call;
  }

  /** The upstream's own id of the call, redacted. */
  get upstreamRequestId(): string | null {
    return (this.requestId ??= findRequestId(this.headers, this.target));
  }

  /** Milliseconds since the start. */
  get elapsedMs(): number {
    return performance.now() - this.startedAt;
  }

  pause(): void {
    this.call?.pause();
  }

  resume(): void {
    this.call?.resume();
  }

  /** Ends the attempt and the call of the upstream. */
  abort(): void {
    this.end();
    if (!this.isReceiving) return;
    this.isReceiving = false;
    this.call?.abort();
  }

  /** Ends the attempt. The upstream gets a moment to end its response, so that its connection can be used again. */
  finish(): void {
    this.end();
    if (this.isReceiving) this.lingering = setTimeout(() => this.abort(), LINGER_MS).unref();
  }

  onHeaders(status: number, headers: IncomingHttpHeaders): void {
    if (this.isOver) return;
    this.status = status;
    this.headers = headers;
    this.msFirstByte = this.elapsedMs;
    try {
      this.delivery = this.owner.receive(this);
    } catch (error) {
      this.owner.onCrash(error);
    }
  }

  onData(chunk: Buffer): void {
    if (this.isOver) return;
    try {
      this.delivery?.push(chunk);
    } catch (error) {
      this.owner.onCrash(error);
    }
  }

  onEnd(): void {
    this.stopReceiving();
    if (this.isOver) return;
    try {
      this.delivery?.end();
    } catch (error) {
      this.owner.onCrash(error);
    }
  }

  onError(error: Error): void {
    this.stopReceiving();
    if (this.isOver) return;
    try {
      this.owner.onTransportError(this, error);
    } catch (crash) {
      this.owner.onCrash(crash);
    }
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.msTotal = this.elapsedMs;
  }

  private stopReceiving(): void {
    this.isReceiving = false;
    clearTimeout(this.lingering);
  }
}

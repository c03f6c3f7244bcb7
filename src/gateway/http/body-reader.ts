import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { MEBIBYTE } from '../../config/quotas';
import { GATEWAY_BODY_TIMEOUT_MS } from '../../http/server/gateway-route';
import type { BytesReservation } from '../call/in-flight-bytes';
import { createOverloaded } from '../dialect/create-overloaded';
import { GatewayError } from '../dialect/gateway-error';
import { createBodyDecoder } from './body-decoder';

const NOTHING = Buffer.alloc(0);

type Done = (error: GatewayError | null, body: Buffer) => void;

/**
 * Reads the body of one request into one buffer, within a reservation that lasts as long as the buffer. Does not call
 * `done` if the caller leaves first, because the response reports that to its owner.
 */
export class BodyReader {
  private readonly startedAt = performance.now();
  private decoder: Duplex | null = null;
  /** The length of the body, or 0 if it is unknown. */
  private announced = 0;
  private body: Buffer = NOTHING;
  private length = 0;
  private isOver = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly reservation: BytesReservation,
    private readonly maxBytes: number,
    private readonly done: Done,
  ) {}

  /** Throws a GatewayError if the head of the request is enough to reject its body. */
  start(): void {
    const { request, reservation } = this;
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > this.maxBytes) throw this.tooLarge();
    const decoder = createBodyDecoder(request.headers['content-encoding']);
    if (decoder === null) {
      if (!reservation.resize(length)) throw tooManyBodies();
      this.announced = length;
    } else {
      this.decoder = decoder;
      request.pipe(decoder).on('error', () => this.settle(undecodable()));
    }
    const source = decoder ?? request;
    source.on('data', (chunk: Buffer) => this.add(chunk));
    source.on('end', () => this.settle(null));
  }

  /** Rejects the body if its time is over. `now` is the monotonic clock. */
  checkDeadline(now: number): void {
    if (this.isOver || now - this.startedAt < GATEWAY_BODY_TIMEOUT_MS) return;
    this.settle(new GatewayError('request_timeout', 'The body took too long to arrive. Send it again.'));
  }

  /** Stops reading. `done` is not called any more. */
  stop(): void {
    this.isOver = true;
    if (this.decoder) this.request.unpipe(this.decoder);
    this.decoder?.destroy();
  }

  private add(chunk: Buffer): void {
    if (this.isOver) return;
    const needed = this.length + chunk.length;
    if (needed > this.maxBytes) return this.settle(this.tooLarge());
    if (this.length === 0 && needed === this.announced) {
      // Most bodies arrive in one piece, which needs no copy.
      this.body = chunk;
      this.length = needed;
      return;
    }
    if (needed > this.body.length && !this.grow(needed)) return this.settle(tooManyBodies());
    chunk.copy(this.body, this.length);
    this.length = needed;
  }

  private grow(needed: number): boolean {
    const capacity = Math.min(this.maxBytes, Math.max(this.announced, needed, 2 * this.body.length));
    if (!this.reservation.resize(capacity)) return false;
    const larger = Buffer.allocUnsafeSlow(capacity);
    this.body.copy(larger, 0, 0, this.length);
    this.body = larger;
    return true;
  }

  private settle(error: GatewayError | null): void {
    if (this.isOver) return;
    this.stop();
    // Discards the rest of a rejected body.
    if (error) this.request.resume();
    const body = this.body.subarray(0, this.length);
    this.body = NOTHING;
    this.done(error, body);
  }

  private tooLarge(): GatewayError {
    const text = `The body is larger than ${this.maxBytes / MEBIBYTE} MiB (GATEWAY_MAX_BODY_MB). Send a smaller one.`;
    return new GatewayError('request_too_large', text);
  }
}

function undecodable(): GatewayError {
  return new GatewayError('invalid_body', 'The body does not have the form of its content-encoding.');
}

function tooManyBodies(): GatewayError {
  return createOverloaded('The bodies of too many calls are in flight. Retry after the time in retry-after.');
}

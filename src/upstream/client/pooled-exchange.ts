import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { parseUrl } from '../../common/parse-url';
import {
  translateTransportFailure,
  UpstreamError,
  upstreamInvalidResponse,
  upstreamRedirected,
  upstreamTimeout,
} from '../upstream-error';
import type { CallDeadlines, TimedCall } from './call-deadlines';
import { readEncoding } from './content-encoding';
import { createDispatchOptions } from './dispatch-options';
import type { OriginPool } from './origin-pool';
import type { PooledCall, PooledHandler, PooledRequest } from './pooled-call';
import type { ConnectionUser, PooledConnection } from './pooled-connection';
import { type DecodedBody, ResponseDecoder } from './response-decoder';

/** How a kept-alive connection fails that the other side closed before the request arrived. */
const CLOSED_WHILE_IDLE: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** One call and its response: undici's handler of the request, and what its caller controls it with. */
export class PooledExchange implements PooledCall, ConnectionUser, DecodedBody, TimedCall {
  private readonly options: Dispatcher.DispatchOptions;
  private readonly firstByteBy: number;
  private readonly endBy: number;
  place = -1;
  private connection: PooledConnection | null = null;
  private decoder: ResponseDecoder | null = null;
  private status = 0;
  private idleSince = 0;
  private isStarting = false;
  private hasStarted = false;
  private awaitsBody = true;
  private hasNewBytes = false;
  private isPaused = false;
  private isDecoderFull = false;
  private isUnreadable = false;
  private isRepeated = false;
  private isReceived = false;
  private isEnded = false;

  constructor(
    private readonly request: PooledRequest,
    private readonly handler: PooledHandler,
    private readonly pool: OriginPool,
    private readonly deadlines: CallDeadlines,
    now: number,
  ) {
    this.options = createDispatchOptions(request);
    this.firstByteBy = now + request.firstByteTimeoutMs;
    this.endBy = now + request.deadlineMs;
    deadlines.add(this);
  }

  get accountId(): string {
    return this.request.accountId;
  }

  start(): void {
    this.isStarting = true;
    this.send(this.pool.take());
    this.isStarting = false;
  }

  pause(): void {
    this.isPaused = true;
    // The caller's pause is not the upstream's delay.
    if (this.status > 0) {
      this.awaitsBody = false;
      this.connection?.pauseReading();
    }
    this.decoder?.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.hasNewBytes = true;
    this.decoder?.resume();
    // Undici must not be resumed from its parser, which may be reading another call's response.
    if (!this.isDecoderFull) process.nextTick(() => this.continueReading());
  }

  abort(): void {
    if (this.isEnded) return;
    this.end();
    this.connection?.destroy();
  }

  checkTime(now: number): void {
    if (now >= this.endBy) return this.fail(upstreamTimeout());
    if (this.awaitsBody && now >= this.firstByteBy) return this.fail(upstreamTimeout());
    if (this.awaitsBody || this.isPaused || this.isReceived) return;
    if (this.hasNewBytes) {
      this.hasNewBytes = false;
      this.idleSince = now;
    } else if (now - this.idleSince >= this.request.idleTimeoutMs) this.fail(upstreamTimeout());
  }

  onRequestStart(): void {
    // Undici recognises a handler of its current interface by this method.
  }

  onResponseStarted(): void {
    this.hasStarted = true;
  }

  onResponseStart(_controller: unknown, status: number, headers: IncomingHttpHeaders): void {
    if (this.isEnded || status < 200) return;
    if (status >= 300 && status < 400) return this.fail(this.describeRedirect(status, headers.location));
    this.status = status;
    if (this.isPaused) {
      this.awaitsBody = false;
      this.connection?.pauseReading();
    }
    const encoding =
      headers['content-encoding'] === undefined ? '' : readEncoding(String(headers['content-encoding']));
    if (encoding !== '' && !this.decode(encoding, headers)) return;
    for (const name in headers) {
      const value = headers[name];
      if (Array.isArray(value) && name !== 'set-cookie') headers[name] = value.join(', ');
    }
    this.handler.onHeaders(status, headers);
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.isEnded || this.isUnreadable) return;
    this.awaitsBody = false;
    this.hasNewBytes = true;
    if (!this.decoder) return this.handler.onData(chunk);
    if (this.decoder.push(chunk)) return;
    this.isDecoderFull = true;
    this.connection?.pauseReading();
  }

  onResponseEnd(): void {
    if (this.isEnded) return;
    this.isReceived = true;
    const { connection } = this;
    this.connection = null;
    if (connection) this.pool.release(connection);
    if (this.decoder) this.decoder.end();
    else this.onDecodedEnd();
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.isEnded) return;
    if (this.mayRepeat(error)) {
      this.isRepeated = true;
      this.connection?.destroy();
      this.send(this.pool.open());
    } else if (this.isStarting) setImmediate(() => this.fail(error));
    else this.fail(error);
  }

  onDecoded(chunk: Buffer): void {
    this.handler.onData(chunk);
  }

  onDecodedEnd(): void {
    if (this.isEnded) return;
    this.end();
    this.handler.onEnd();
  }

  onDecodeError(error: Error): void {
    this.failToDecode(error);
  }

  onDecoderDrain(): void {
    this.isDecoderFull = false;
    this.continueReading();
  }

  private send(connection: PooledConnection): void {
    this.connection = connection;
    connection.dispatch(this, this.options);
  }

  private continueReading(): void {
    if (!this.isPaused && !this.isDecoderFull && !this.isReceived && !this.isEnded)
      this.connection?.resumeReading();
  }

  /** Returns false if the call has failed. */
  private decode(encoding: string, headers: IncomingHttpHeaders): boolean {
    this.decoder = ResponseDecoder.create(encoding, this);
    if (!this.decoder) {
      this.failToDecode(upstreamInvalidResponse('has an unknown content encoding, or more than one'));
      return !this.isEnded;
    }
    // Both describe the encoded bytes.
    delete headers['content-encoding'];
    delete headers['content-length'];
    return true;
  }

  /** The status of a rejection says more than a body that cannot be read. */
  private failToDecode(error: Error): void {
    const failure = translateTransportFailure(error);
    if (this.status < 400)
      return this.fail(failure instanceof UpstreamError ? failure.withStatus(this.status) : failure);
    this.isUnreadable = true;
    this.decoder = null;
    if (this.isReceived) return this.onDecodedEnd();
    this.isDecoderFull = false;
    this.continueReading();
  }

  private mayRepeat(error: Error): boolean {
    const { code } = error as { code?: unknown };
    return (
      !this.hasStarted &&
      !this.isRepeated &&
      this.connection?.isReused === true &&
      CLOSED_WHILE_IDLE.has(code)
    );
  }

  private describeRedirect(status: number, location: string | string[] | undefined): UpstreamError {
    const url = new URL(this.request.origin + this.request.path);
    const target = typeof location === 'string' ? parseUrl(location, url) : null;
    return upstreamRedirected(status, url, target, this.request.secrets);
  }

  private fail(error: Error): void {
    if (this.isEnded) return;
    this.end();
    this.connection?.destroy();
    this.handler.onError(translateTransportFailure(error));
  }

  private end(): void {
    this.isEnded = true;
    this.deadlines.delete(this);
    this.decoder?.destroy();
  }
}

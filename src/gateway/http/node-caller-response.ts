import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { WatchedResponse } from '../../http/server/gateway-route';
import { endIfUnread } from '../../http/unread-body';
import type { CallerResponse, LeaveReason, ResponseHeaders } from '../call/caller-response';
import type { OpenResponse, OpenResponses } from './open-responses';

/** A caller that takes nothing for so long is disconnected, in milliseconds. */
const STALLED_MS = 60_000;

/** Balancers and proxies must neither compress a stream nor collect its events. */
const STREAM_HEADERS = ['cache-control', 'no-cache, no-transform', 'x-accel-buffering', 'no'];

/** A response of Node that knows the object that owns it, so that all responses share their listeners. */
interface OwnedResponse extends WatchedResponse {
  owner?: NodeCallerResponse;
}

/** A socket with the undocumented queue by which Node's own timeout detects progress. */
interface QueuedSocket extends Socket {
  readonly _handle?: { readonly writeQueueSize: number } | null;
}

/** A body that may arrive too slowly. */
interface ArrivingBody {
  /** Rejects the body if its time is over. `now` is the monotonic clock. */
  checkDeadline(now: number): void;
}

/** What the responses of one server share. */
export interface ResponseContext {
  readonly open: OpenResponses;
  readonly unsent: FastifyInstance['unsentResponses'];
}

/** Writes a response to Node's HTTP server, without Fastify. */
export class NodeCallerResponse implements CallerResponse, OpenResponse {
  place = -1;
  hasStarted = false;
  bytes = 0;
  /** The account that unsent bytes count for, when it is known. */
  accountId = '';
  /** Whether the connection ends after the response. */
  isLast = false;
  /** The body of the request, while it arrives. */
  arrivingBody: ArrivingBody | null = null;
  /** Why the caller has no complete response, or null. */
  left: LeaveReason | null = null;
  private isEnded = false;
  private isAborted = false;
  private leaveListener: ((reason: LeaveReason) => void) | null = null;
  private drainListener: (() => void) | null = null;
  private deliveredBytes = -1;
  private progressAt = 0;

  constructor(
    private readonly raw: OwnedResponse,
    private readonly requestId: string,
    private readonly context: ResponseContext,
    /** Runs once, when the response has been sent or its connection has ended. */
    private readonly onClose: () => void,
  ) {
    raw.owner = this;
    raw.isWatched = true;
    raw.on('close', closeOwner);
    context.open.add(this);
  }

  get hasLeft(): boolean {
    return this.left !== null;
  }

  /** The status that was sent, or 200 before it. */
  get status(): number {
    return this.raw.statusCode;
  }

  onLeave(listener: (reason: LeaveReason) => void): void {
    if (this.left !== null) listener(this.left);
    else this.leaveListener = listener;
  }

  onDrain(listener: () => void): void {
    if (this.drainListener === null) this.raw.on('drain', drainOwner);
    this.drainListener = listener;
  }

  start(status: number, headers: ResponseHeaders): void {
    if (this.hasStarted || this.raw.destroyed) return;
    this.hasStarted = true;
    this.raw.writeHead(status, this.completeHeaders(headers));
  }

  write(chunk: Buffer): boolean {
    if (this.isEnded || this.raw.destroyed) return true;
    this.bytes += chunk.length;
    return this.raw.write(chunk);
  }

  end(chunk?: Buffer): void {
    if (this.isEnded || this.raw.destroyed) return;
    this.isEnded = true;
    this.bytes += chunk?.length ?? 0;
    this.raw.end(chunk);
  }

  send(status: number, headers: ResponseHeaders, body: Buffer): void {
    if (this.hasStarted || this.raw.destroyed) return;
    this.start(status, { ...headers, 'content-length': body.length });
    this.context.unsent.add(this.accountId, this.raw, body);
    this.end(body);
  }

  abort(): void {
    this.isEnded = true;
    this.isAborted = true;
    this.raw.destroy();
  }

  disconnect(reason: LeaveReason): void {
    this.left ??= reason;
    this.raw.destroy();
  }

  /** Ends the connection after the response if the body of the request has not arrived. Call it before `send`. */
  endAfterUnread(request: IncomingMessage): void {
    if (endIfUnread(request)) this.isLast = true;
  }

  checkPeer(now: number): void {
    this.arrivingBody?.checkDeadline(now);
    const socket: QueuedSocket | null = this.raw.socket;
    if (socket === null) return;
    const queued = socket.writableLength;
    const delivered = socket.bytesWritten - queued - (socket._handle?.writeQueueSize ?? 0);
    if (queued === 0 || delivered !== this.deliveredBytes) {
      this.deliveredBytes = delivered;
      this.progressAt = now;
    } else if (now - this.progressAt >= STALLED_MS) this.disconnect('client_stalled');
  }

  /** Handles the end of the response or of its connection. */
  close(): void {
    const { raw } = this;
    this.context.open.delete(this);
    // Node detaches the socket from a response that has been sent.
    if (raw.socket !== null && !this.isAborted) {
      this.left ??= 'client_closed';
      if (!this.isEnded) this.leaveListener?.(this.left);
    }
    this.onClose();
  }

  /** Runs the listener for a drained buffer. */
  drain(): void {
    this.drainListener?.();
  }

  private completeHeaders(headers: ResponseHeaders): string[] {
    const complete = ['x-request-id', this.requestId, 'request-id', this.requestId];
    complete.push('x-content-type-options', 'nosniff');
    for (const name in headers) complete.push(name, String(headers[name]));
    const type = headers['content-type'];
    if (typeof type === 'string' && type.startsWith('text/event-stream')) complete.push(...STREAM_HEADERS);
    if (this.isLast) complete.push('connection', 'close');
    return complete;
  }
}

function closeOwner(this: OwnedResponse): void {
  this.owner?.close();
}

function drainOwner(this: OwnedResponse): void {
  this.owner?.drain();
}

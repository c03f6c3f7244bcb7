import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Above this in the whole process, stalled connections are closed. */
const SOFT_LIMIT = 64 * 2 ** 20;

/** The part of one account, so that an account cannot take the memory of all others. */
const SOFT_LIMIT_PER_OWNER = SOFT_LIMIT / 2;

/** Above this in the whole process, connections are closed although their clients read. */
const HARD_LIMIT = 2 * SOFT_LIMIT;

/** A connection without progress for so long has stalled, in milliseconds. */
const STALLED_MS = 1000;

/** Bodies up to this size are not counted, because a connection has only one at a time. */
const SMALL_BYTES = 16 * 1024;

/** Milliseconds between two searches for stalled connections. */
const CHECK_MS = 1000;

type Body = string | Buffer;

interface UnsentResponse {
  /** The body if other responses may share it. */
  readonly buffer: Buffer | null;
  readonly bytes: number;
  /** The bytes that the system had not accepted at the last comparison, or null before the first one. */
  queuedBytes: number | null;
  /** When the bytes last changed, by the monotonic clock. */
  progressAt: number;
}

/** The unsent responses of one owner. A buffer that several responses share counts once. */
class OwnedResponses {
  readonly responses = new Map<ServerResponse, UnsentResponse>();
  private readonly uses = new Map<Buffer, number>();
  bytes = 0;

  /** Whether an unsent response already has this body. */
  has(body: Body): boolean {
    return typeof body !== 'string' && this.uses.has(body);
  }

  /** Adds a response whose body has so many bytes. */
  add(response: ServerResponse, body: Body, bytes: number): void {
    if (!this.has(body)) this.bytes += bytes;
    const buffer = typeof body === 'string' ? null : body;
    if (buffer) this.uses.set(buffer, (this.uses.get(buffer) ?? 0) + 1);
    this.responses.set(response, { buffer, bytes, queuedBytes: null, progressAt: performance.now() });
  }

  remove(response: ServerResponse): void {
    const unsent = this.responses.get(response);
    if (unsent === undefined) return;
    this.responses.delete(response);
    const { buffer, bytes } = unsent;
    if (buffer) {
      const uses = this.uses.get(buffer)! - 1;
      if (uses > 0) return void this.uses.set(buffer, uses);
      this.uses.delete(buffer);
    }
    this.bytes -= bytes;
  }

  /**
   * Closes the connection that has made no progress for the longest time, the oldest first among equals. Returns false if
   * that time is shorter than `minMs` for all of them.
   */
  closeMostStalled(minMs: number): boolean {
    this.noteProgress();
    let stalled: ServerResponse | null = null;
    let since = Infinity;
    for (const [response, { progressAt }] of this.responses)
      if (progressAt < since) [stalled, since] = [response, progressAt];
    if (!stalled || performance.now() - since < minMs) return false;
    this.remove(stalled);
    stalled.destroy();
    return true;
  }

  noteProgress(): void {
    for (const [response, unsent] of this.responses) {
      const queuedBytes = queuedBytesOf(response);
      if (queuedBytes === unsent.queuedBytes) continue;
      if (unsent.queuedBytes !== null) unsent.progressAt = performance.now();
      unsent.queuedBytes = queuedBytes;
    }
  }
}

/**
 * Limits the memory of responses that their clients do not read. Above the soft limits, it closes connections that have
 * stalled, of the account above its part or of the account with the most bytes. Above the hard limit, it also closes
 * connections that make progress, because clients that read a little can fill the memory, too.
 */
export class UnsentResponses {
  private readonly owners = new Map<string, OwnedResponses>();
  private timer: NodeJS.Timeout | null = null;

  /** Counts a response until it is sent or its connection closes. Closes other connections to make room. */
  add(owner: string, response: ServerResponse, body: Body): void {
    if (body.length <= SMALL_BYTES || response.destroyed) return;
    const owned = this.owners.get(owner) ?? new OwnedResponses();
    const bytes = Buffer.byteLength(body);
    const added = owned.has(body) ? 0 : bytes;
    while (owned.bytes + added > SOFT_LIMIT_PER_OWNER && owned.closeMostStalled(STALLED_MS));
    this.makeRoom(added);
    owned.add(response, body, bytes);
    this.owners.set(owner, owned);
    this.timer ??= setInterval(() => this.check(), CHECK_MS).unref();
    response.once('close', () => {
      owned.remove(response);
      if (owned.responses.size === 0 && this.owners.get(owner) === owned) this.owners.delete(owner);
      if (this.owners.size === 0) this.stopTimer();
    });
  }

  private check(): void {
    for (const owned of this.owners.values()) {
      owned.noteProgress();
      while (owned.bytes > SOFT_LIMIT_PER_OWNER && owned.closeMostStalled(STALLED_MS));
    }
    this.makeRoom(0);
  }

  private makeRoom(added: number): void {
    while (this.bytes + added > SOFT_LIMIT && this.heaviest?.closeMostStalled(STALLED_MS));
    while (this.bytes + added > HARD_LIMIT && this.heaviest?.closeMostStalled(0));
  }

  private stopTimer(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private get bytes(): number {
    let bytes = 0;
    for (const owned of this.owners.values()) bytes += owned.bytes;
    return bytes;
  }

  private get heaviest(): OwnedResponses | null {
    let heaviest: OwnedResponses | null = null;
    for (const owned of this.owners.values()) if (owned.bytes > (heaviest?.bytes ?? 0)) heaviest = owned;
    return heaviest;
  }
}

/** A connection with the undocumented queue by which Node's timeout of a socket detects progress. */
interface QueuedSocket extends Socket {
  readonly _handle?: { readonly writeQueueSize: number } | null;
}

function queuedBytesOf({ socket }: { readonly socket: QueuedSocket | null }): number {
  return socket?._handle?.writeQueueSize ?? 0;
}

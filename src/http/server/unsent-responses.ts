import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Maximum bytes of response bodies that clients have not received completely, in the whole process. */
const MAX_BYTES = 64 * 2 ** 20;

/** The share of one account, so that an account cannot take the memory of all others. */
const MAX_BYTES_PER_OWNER = MAX_BYTES / 2;

/** Bodies up to this size are not counted, because a connection has only one at a time. */
const SMALL_BYTES = 16 * 1024;

/** Milliseconds between two searches for progress. */
const PROGRESS_CHECK_MS = 1000;

type Body = string | Buffer;

interface UnsentResponse {
  readonly body: Body;
  /** The bytes that the system had not accepted when they were last compared. */
  queuedBytes: number;
  /** When the bytes last changed, by the monotonic clock. */
  progressAt: number;
}

/** The unsent responses of one owner. A buffer that several responses share counts once. */
class OwnedResponses {
  readonly responses = new Map<ServerResponse, UnsentResponse>();
  private readonly uses = new Map<Buffer, number>();
  bytes = 0;

  /** The bytes that another response with this body would add. */
  sizeOf(body: Body): number {
    if (typeof body === 'string') return Buffer.byteLength(body);
    return this.uses.has(body) ? 0 : body.length;
  }

  add(response: ServerResponse, body: Body): void {
    this.bytes += this.sizeOf(body);
    this.responses.set(response, { body, queuedBytes: 0, progressAt: performance.now() });
    if (typeof body !== 'string') this.uses.set(body, (this.uses.get(body) ?? 0) + 1);
  }

  remove(response: ServerResponse): void {
    const body = this.responses.get(response)?.body;
    if (body === undefined) return;
    this.responses.delete(response);
    if (typeof body !== 'string') {
      const uses = this.uses.get(body)! - 1;
      if (uses > 0) return void this.uses.set(body, uses);
      this.uses.delete(body);
    }
    this.bytes -= this.sizeOf(body);
  }

  noteProgress(): void {
    for (const [response, unsent] of this.responses) {
      const queuedBytes = queuedBytesOf(response);
      if (queuedBytes === unsent.queuedBytes) continue;
      unsent.queuedBytes = queuedBytes;
      unsent.progressAt = performance.now();
    }
  }

  /** Closes the connection that has made no progress for the longest time. The oldest of equals is first. */
  closeMostStalled(): void {
    this.noteProgress();
    let stalled: ServerResponse | null = null;
    let since = Infinity;
    for (const [response, { progressAt }] of this.responses)
      if (progressAt < since) [stalled, since] = [response, progressAt];
    if (!stalled) return;
    this.remove(stalled);
    stalled.destroy();
  }
}

/**
 * Limits the memory of responses that their clients do not read. Beyond the share of an owner, its connection with the
 * longest time without progress is closed. Beyond the limit of the process, the owner with the most bytes loses one.
 */
export class UnsentResponses {
  private readonly owners = new Map<string, OwnedResponses>();
  private timer: NodeJS.Timeout | null = null;

  /** Counts a response until it is sent or its connection closes. Closes other connections to make room. */
  add(owner: string, response: ServerResponse, body: Body): void {
    if (body.length <= SMALL_BYTES || response.destroyed) return;
    const owned = this.owners.get(owner) ?? new OwnedResponses();
    while (owned.responses.size > 0 && owned.bytes + owned.sizeOf(body) > MAX_BYTES_PER_OWNER)
      owned.closeMostStalled();
    for (let all = this.sum(); all.bytes + owned.sizeOf(body) > MAX_BYTES && all.heaviest; all = this.sum())
      all.heaviest.closeMostStalled();
    owned.add(response, body);
    this.owners.set(owner, owned);
    this.timer ??= setInterval(() => this.noteProgress(), PROGRESS_CHECK_MS).unref();
    response.once('close', () => {
      owned.remove(response);
      if (owned.responses.size === 0 && this.owners.get(owner) === owned) this.owners.delete(owner);
      if (this.owners.size === 0) this.stopTimer();
    });
  }

  private noteProgress(): void {
    for (const owned of this.owners.values()) owned.noteProgress();
  }

  private stopTimer(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private sum(): { readonly bytes: number; readonly heaviest: OwnedResponses | null } {
    let bytes = 0;
    let heaviest: OwnedResponses | null = null;
    for (const owned of this.owners.values()) {
      bytes += owned.bytes;
      if (owned.bytes > (heaviest?.bytes ?? 0)) heaviest = owned;
    }
    return { bytes, heaviest };
  }
}

/** A connection with the undocumented queue by which Node's timeout of a socket detects progress. */
interface QueuedSocket extends Socket {
  readonly _handle?: { readonly writeQueueSize: number } | null;
}

function queuedBytesOf({ socket }: { readonly socket: QueuedSocket | null }): number {
  return socket?._handle?.writeQueueSize ?? 0;
}

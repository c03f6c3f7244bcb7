import type { Writable } from 'node:stream';

/** Maximum bytes of response bodies that clients have not received completely, in the whole process. */
const MAX_BYTES = 64 * 2 ** 20;

/** The share of one account, so that an account cannot take the memory of all others. */
const MAX_BYTES_PER_OWNER = MAX_BYTES / 2;

/** Bodies up to this size are not counted, because a connection has only one at a time. */
const SMALL_BYTES = 16 * 1024;

type Body = string | Buffer;

/** The unsent responses of one owner, oldest first. A buffer that several responses share counts once. */
class OwnedResponses {
  readonly bodies = new Map<Writable, Body>();
  private readonly uses = new Map<Buffer, number>();
  bytes = 0;

  /** The bytes that another response with this body would add. */
  sizeOf(body: Body): number {
    if (typeof body === 'string') return Buffer.byteLength(body);
    return this.uses.has(body) ? 0 : body.length;
  }

  add(response: Writable, body: Body): void {
    this.bytes += this.sizeOf(body);
    this.bodies.set(response, body);
    if (typeof body !== 'string') this.uses.set(body, (this.uses.get(body) ?? 0) + 1);
  }

  remove(response: Writable): void {
    const body = this.bodies.get(response);
    if (body === undefined) return;
    this.bodies.delete(response);
    if (typeof body !== 'string') {
      const uses = this.uses.get(body)! - 1;
      if (uses > 0) return void this.uses.set(body, uses);
      this.uses.delete(body);
    }
    this.bytes -= this.sizeOf(body);
  }
}

/**
 * Limits the memory of responses that their clients do not read. Beyond the share of an owner, the connection of its
 * oldest response is closed. Beyond the limit of the process, the owner with the most bytes loses its oldest response.
 */
export class UnsentResponses {
  private readonly owners = new Map<string, OwnedResponses>();

  /** Counts a response until it is sent or its connection closes. Closes other connections to make room. */
  add(owner: string, response: Writable, body: Body): void {
    if (body.length <= SMALL_BYTES || response.destroyed) return;
    const owned = this.owners.get(owner) ?? new OwnedResponses();
    while (owned.bodies.size > 0 && owned.bytes + owned.sizeOf(body) > MAX_BYTES_PER_OWNER)
      closeOldest(owned);
    for (let all = this.sum(); all.bytes + owned.sizeOf(body) > MAX_BYTES && all.heaviest; all = this.sum())
      closeOldest(all.heaviest);
    owned.add(response, body);
    this.owners.set(owner, owned);
    response.once('close', () => {
      owned.remove(response);
      if (owned.bodies.size === 0 && this.owners.get(owner) === owned) this.owners.delete(owner);
    });
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

function closeOldest(owned: OwnedResponses): void {
  const [oldest] = owned.bodies.keys();
  if (!oldest) return;
  owned.remove(oldest);
  oldest.destroy();
}

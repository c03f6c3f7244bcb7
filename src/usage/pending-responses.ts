import { isBefore, type JournalPosition } from './journal/journal-position';
import type { StoredResponse } from './usage-record';

const MAX_PENDING = 10_000;

/** How long the end of a response waits for its record, in milliseconds. */
const MAX_WAIT_MS = 250;

interface Pending {
  readonly response: StoredResponse;
  /** The end of its line. Null before it is written. */
  position: JournalPosition | null;
  readonly waiters: (() => void)[];
}

/** Stored responses that are not in the database yet, oldest first. */
export class PendingResponses {
  private readonly byId = new Map<string, Pending>();
  private hasUnwritten = false;

  add(response: StoredResponse): void {
    const [oldest] = this.byId.keys();
    if (this.byId.size >= MAX_PENDING && oldest !== undefined) this.remove(oldest);
    this.remove(response.responseId);
    this.byId.set(response.responseId, { response, position: null, waiters: [] });
    this.hasUnwritten = true;
  }

  find(accountId: string, responseId: string): StoredResponse | null {
    const response = this.byId.get(responseId)?.response;
    return response?.accountId === accountId ? response : null;
  }

  /** Notes that all lines so far are written, up to `position`. Returns whether responses were among the new ones. */
  noteWritten(position: JournalPosition): boolean {
    const { hasUnwritten } = this;
    this.hasUnwritten = false;
    if (hasUnwritten) for (const pending of this.byId.values()) pending.position ??= position;
    return hasUnwritten;
  }

  /** Notes that all lines up to `position` are in the database. */
  noteLoaded(position: JournalPosition): void {
    for (const [id, pending] of this.byId) {
      if (pending.position === null || isBefore(position, pending.position)) return;
      this.remove(id);
    }
  }

  /** Resolves when the response is in the database, and after 250 ms in any case. */
  whenLoaded(responseId: string): Promise<void> {
    const pending = this.byId.get(responseId);
    if (pending === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, MAX_WAIT_MS);
      pending.waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private remove(responseId: string): void {
    const pending = this.byId.get(responseId);
    this.byId.delete(responseId);
    for (const resolve of pending?.waiters ?? []) resolve();
  }
}

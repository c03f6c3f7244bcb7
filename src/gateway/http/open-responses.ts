import { type Placed, PlacedSet } from '../../common/placed-set';
import type { LeaveReason } from '../call/caller-response';

/** Milliseconds between two searches for stalled callers and slow bodies. */
const CHECK_MS = 5000;

/** A response whose caller may send or read too slowly. */
export interface OpenResponse extends Placed {
  /** Rejects a body that arrives too slowly, and disconnects a caller that reads nothing. `now` is the monotonic clock. */
  checkPeer(now: number): void;
  /** Disconnects the caller before its response is complete. */
  disconnect(reason: LeaveReason): void;
}

/** The responses in progress. One timer serves all of them. */
export class OpenResponses {
  private readonly responses = new PlacedSet<OpenResponse>();
  private timer: NodeJS.Timeout | null = null;

  get count(): number {
    return this.responses.size;
  }

  add(response: OpenResponse): void {
    this.responses.add(response);
    this.timer ??= setInterval(() => this.check(), CHECK_MS).unref();
  }

  delete(response: OpenResponse): void {
    this.responses.delete(response);
  }

  /** Disconnects every caller that is left. */
  disconnectAll(reason: LeaveReason): void {
    this.responses.forEach((response) => response.disconnect(reason));
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private check(): void {
    const now = performance.now();
    this.responses.forEach((response) => response.checkPeer(now));
  }
}

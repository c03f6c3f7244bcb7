/** Milliseconds between two searches for stalled callers and slow bodies. */
const CHECK_MS = 5000;

export type LeaveReason = 'client_closed' | 'client_stalled' | 'shutdown';

/** A response that a caller may read too slowly. */
export interface OpenResponse {
  /** Disconnects a caller that reads nothing. `now` is the monotonic clock. */
  checkProgress(now: number): void;
  /** Disconnects the caller before its response is complete. */
  disconnect(reason: LeaveReason): void;
}

/** A request whose body may arrive too slowly. */
export interface ArrivingBody {
  /** `now` is the monotonic clock. */
  checkDeadline(now: number): void;
}

/** The responses in progress. One timer serves all of them. */
export class OpenResponses {
  private readonly responses = new Set<OpenResponse>();
  private readonly bodies = new Set<ArrivingBody>();
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

  addBody(body: ArrivingBody): void {
    this.bodies.add(body);
  }

  deleteBody(body: ArrivingBody): void {
    this.bodies.delete(body);
  }

  /** Disconnects every caller that is left. */
  disconnectAll(reason: LeaveReason): void {
    for (const response of this.responses) response.disconnect(reason);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private check(): void {
    const now = performance.now();
    for (const body of this.bodies) body.checkDeadline(now);
    for (const response of this.responses) response.checkProgress(now);
  }
}

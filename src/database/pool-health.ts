import { databaseBusy, databaseUnavailable } from './database-errors';

/** Deadline of a request for a connection, and for the response to a statement, in milliseconds. */
export const DATABASE_DEADLINE_MS = 3000;

/** A server without any response for this long is stalled. Lock waits end earlier, with an error as the response. */
const STALL_MS = 2500;

/** A response that delivers at least this many bytes per deadline is slow, not stalled. */
const MIN_PROGRESS_BYTES = 64 * 1024;

type Abort = (reason: Error) => void;

/**
 * Tracks whether a server responds, over all connections to it. When it stalls, all waiting requests fail. From then on
 * one request at a time probes it, and the others fail immediately instead of waiting for the deadline.
 */
export class PoolHealth {
  private readonly waiting = new Set<Abort>();
  private lastResponseAt = performance.now();
  private stalled = false;
  private probing = false;

  /**
   * Runs `work` with a deadline. After it, calls `onTimeout` and then rejects with 503; a late result is discarded. The
   * deadline moves while `receivedBytes`, the bytes of the response so far, grows fast enough.
   */
  async run<T>(work: () => Promise<T>, onTimeout: () => void, receivedBytes = () => 0): Promise<T> {
    const isProbe = this.stalled;
    if (isProbe && this.probing) throw databaseUnavailable();
    if (isProbe) this.probing = true;
    let abort: Abort = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = (reason) => {
        onTimeout();
        reject(reason);
      };
    });
    this.waiting.add(abort);
    let previousBytes = receivedBytes();
    let timer: NodeJS.Timeout;
    const checkProgress = (): void => {
      const bytes = receivedBytes();
      if (bytes - previousBytes < MIN_PROGRESS_BYTES) return this.handleTimeout(abort);
      previousBytes = bytes;
      this.recordResponse();
      timer = setTimeout(checkProgress, DATABASE_DEADLINE_MS);
    };
    timer = setTimeout(checkProgress, DATABASE_DEADLINE_MS);
    const pending = work();
    try {
      const result = await Promise.race([pending, aborted]);
      this.recordResponse();
      return result;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(abort);
      pending.catch(() => undefined);
      if (isProbe) this.probing = false;
    }
  }

  /** Records that the server responded, with a result or an error. */
  recordResponse(): void {
    this.lastResponseAt = performance.now();
    this.stalled = false;
  }

  /** A server that responds to other requests is busy. Otherwise it is stalled, and every waiting request fails. */
  private handleTimeout(abort: Abort): void {
    if (performance.now() - this.lastResponseAt < STALL_MS) {
      abort(databaseBusy());
      return;
    }
    this.stalled = true;
    for (const each of this.waiting) each(databaseUnavailable());
  }
}

import { databaseBusy, databaseUnavailable } from './database-errors';

/** How long a request waits for a statement's answer, and for a connection to ask it on, in milliseconds. */
export const DATABASE_DEADLINE_MS = 3000;

/** A server that has answered nobody for so long is silent. Lock waits end sooner, and their errors are answers. */
const SILENCE_MS = 2500;

/** An answer that is still arriving, so much of it in each deadline, is long and not late. */
const ARRIVING_BYTES = 64 * 1024;

type GiveUp = (reason: Error) => void;

/**
 * Whether a server answers, as all connections to it have seen. Once it is silent, all who wait for it are turned away,
 * and one request at a time may try it; the others are turned away at once instead of waiting out a deadline each.
 */
export class PoolHealth {
  private readonly waiting = new Set<GiveUp>();
  private lastAnswerAt = Date.now();
  private silent = false;
  private trying = false;

  /**
   * Runs `work` with a deadline. Rejects with 503: `onLate` is told first, and what comes late comes to nobody.
   * `received` tells how many bytes have come for it so far; while there are more and more of them it may go on.
   */
  async within<T>(work: () => Promise<T>, onLate: () => void, received = () => 0): Promise<T> {
    const tries = this.silent;
    if (tries && this.trying) throw databaseUnavailable();
    if (tries) this.trying = true;
    let giveUp: GiveUp = () => undefined;
    const refusal = new Promise<never>((_, reject) => {
      giveUp = (reason) => {
        onLate();
        reject(reason);
      };
    });
    this.waiting.add(giveUp);
    let before = received();
    let timer: NodeJS.Timeout;
    const judge = (): void => {
      const now = received();
      if (now - before < ARRIVING_BYTES) return this.late(giveUp);
      before = now;
      this.answered();
      timer = setTimeout(judge, DATABASE_DEADLINE_MS);
    };
    timer = setTimeout(judge, DATABASE_DEADLINE_MS);
    const pending = work();
    try {
      const result = await Promise.race([pending, refusal]);
      this.answered();
      return result;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(giveUp);
      pending.catch(() => undefined);
      if (tries) this.trying = false;
    }
  }

  /** Any answer, an error as well, is one. */
  answered(): void {
    this.lastAnswerAt = Date.now();
    this.silent = false;
  }

  /** A server that answers others is busy, not away. */
  private late(giveUp: GiveUp): void {
    if (Date.now() - this.lastAnswerAt < SILENCE_MS) {
      giveUp(databaseBusy());
      return;
    }
    this.silent = true;
    // Some came later, after a wait of the same request for something else: their callers have waited as long.
    for (const each of this.waiting) each(databaseUnavailable());
  }
}

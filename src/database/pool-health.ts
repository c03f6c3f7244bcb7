import { databaseBusy, databaseUnavailable } from './database-errors';

/** How long a request waits for a free connection, and a statement for its answer, in milliseconds. */
export const DATABASE_DEADLINE_MS = 3000;

/** A server that has answered nobody for so long is silent. Lock waits end sooner, and their errors are answers. */
const SILENCE_MS = 2500;

/**
 * Whether a server answers, as all connections to it have seen. Once it is silent, one
 * request at a time may try it; the others are turned away at once instead of waiting out a deadline each.
 */
export class PoolHealth {
  private lastAnswerAt = Date.now();
  private silent = false;
  private trying = false;

  /** Runs `work` with a deadline. Rejects with 503: `onLate` is told first, and what comes late comes to nobody. */
  async within<T>(work: () => Promise<T>, onLate: () => void): Promise<T> {
    const tries = this.silent;
    if (tries && this.trying) throw databaseUnavailable();
    if (tries) this.trying = true;
    try {
      const result = await withDeadline(work(), () => {
        onLate();
        return this.late();
      });
      this.answered();
      return result;
    } finally {
      if (tries) this.trying = false;
    }
  }

  /** Any answer, an error as well, is one. */
  answered(): void {
    this.lastAnswerAt = Date.now();
    this.silent = false;
  }

  /** A server that answers others is busy, not away. */
  private late(): Error {
    if (Date.now() - this.lastAnswerAt < SILENCE_MS) return databaseBusy();
    this.silent = true;
    return databaseUnavailable();
  }
}

async function withDeadline<T>(work: Promise<T>, onLate: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onLate()), DATABASE_DEADLINE_MS);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

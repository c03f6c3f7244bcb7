/** The limit of {@link withTimeout} has passed. */
export class TimeoutError extends Error {
  constructor(limitMs: number) {
    super(`no result within ${limitMs} ms`);
    this.name = 'TimeoutError';
  }
}

/**
 * Waits for `work` for at most `limitMs` milliseconds of monotonic time. A late result or failure is discarded.
 * @throws TimeoutError
 */
export async function withTimeout<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(limitMs)), limitMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

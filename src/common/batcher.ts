import { isOutage } from './domain-error';

/** Maximum keys per batch. */
const MAX_BATCH = 500;

/** Minimum time between the starts of two batches that contain only deferrable keys, in milliseconds. */
const DEFERRED_INTERVAL_MS = 50;

interface Waiter<Result> {
  readonly promise: Promise<Result | null>;
  readonly resolve: (result: Result | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs work for many keys in batches. At most one batch runs at a time, so the work uses one database connection
 * however many callers there are. A batch starts after all of its calls, so no caller gets an older result.
 */
export class Batcher<Result> {
  private readonly urgent = new Map<string, Waiter<Result>>();
  private readonly deferrable = new Map<string, Waiter<Result>>();
  private isRunning = false;
  private startedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  /** `work` returns the results by key. A key without a result resolves to null. */
  constructor(private readonly work: (keys: readonly string[]) => Promise<ReadonlyMap<string, Result>>) {}

  /**
   * Adds a key to the next batch that has room for it. Deferrable keys take the room that other keys leave. A batch of
   * deferrable keys alone starts at least 50 ms after the one before. When a batch finds the database down, the keys that
   * wait for the next one fail with it, because they have waited as long.
   */
  run(key: string, isDeferrable = false): Promise<Result | null> {
    const waiter = this.urgent.get(key) ?? this.deferrable.get(key) ?? createWaiter<Result>();
    if (!isDeferrable) {
      this.urgent.set(key, waiter);
      this.deferrable.delete(key);
    } else if (!this.urgent.has(key)) this.deferrable.set(key, waiter);
    this.schedule();
    return waiter.promise;
  }

  private schedule(): void {
    if (this.isRunning || this.urgent.size + this.deferrable.size === 0) return;
    clearTimeout(this.timer);
    const delay = this.urgent.size > 0 ? 0 : this.startedAt + DEFERRED_INTERVAL_MS - performance.now();
    // One more, because a timer may run a millisecond early.
    if (delay > 0) this.timer = setTimeout(() => void this.start(), Math.ceil(delay) + 1);
    else void this.start();
  }

  private async start(): Promise<void> {
    this.isRunning = true;
    this.startedAt = performance.now();
    const batch = this.take(MAX_BATCH);
    try {
      const results = await this.work([...batch.keys()]);
      for (const [key, { resolve }] of batch) resolve(results.get(key) ?? null);
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
      if (isOutage(error)) for (const { reject } of this.take(Infinity).values()) reject(error);
    }
    this.isRunning = false;
    this.schedule();
  }

  /** Removes at most `count` keys, deferrable ones last. */
  private take(count: number): ReadonlyMap<string, Waiter<Result>> {
    const taken = new Map<string, Waiter<Result>>();
    for (const waiting of [this.urgent, this.deferrable]) {
      for (const [key, waiter] of waiting) {
        if (taken.size >= count) return taken;
        taken.set(key, waiter);
        waiting.delete(key);
      }
    }
    return taken;
  }
}

function createWaiter<Result>(): Waiter<Result> {
  let settle!: Omit<Waiter<Result>, 'promise'>;
  const promise = new Promise<Result | null>((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle };
}

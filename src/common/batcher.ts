import { isOutage } from './domain-error';

/** Maximum keys per batch. */
const MAX_BATCH = 500;

/** Minimum time between the starts of two batches that contain only deferrable keys, in milliseconds. */
const DEFERRED_INTERVAL_MS = 250;

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
  private readonly waiting = new Map<string, Waiter<Result>>();
  private isRunning = false;
  private isUrgent = false;
  private startedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  /** `work` returns the results by key. A key without a result resolves to null. */
  constructor(private readonly work: (keys: readonly string[]) => Promise<ReadonlyMap<string, Result>>) {}

  /**
   * Adds a key to the next batch. A deferrable key waits for a batch of other keys, for at most 250 ms. When a batch
   * finds the database down, the keys that wait for the next one fail with it, because they have waited as long.
   */
  run(key: string, isDeferrable = false): Promise<Result | null> {
    const waiter = this.waiting.get(key) ?? createWaiter<Result>();
    this.waiting.set(key, waiter);
    this.isUrgent ||= !isDeferrable;
    this.schedule();
    return waiter.promise;
  }

  private schedule(): void {
    if (this.isRunning || this.waiting.size === 0) return;
    clearTimeout(this.timer);
    const delay = this.isUrgent ? 0 : this.startedAt + DEFERRED_INTERVAL_MS - performance.now();
    if (delay > 0) this.timer = setTimeout(() => void this.start(), delay);
    else void this.start();
  }

  private async start(): Promise<void> {
    this.isRunning = true;
    this.startedAt = performance.now();
    const batch = this.takeBatch();
    try {
      const results = await this.work([...batch.keys()]);
      for (const [key, { resolve }] of batch) resolve(results.get(key) ?? null);
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
      if (isOutage(error)) for (const { reject } of this.takeAll().values()) reject(error);
    }
    this.isRunning = false;
    this.schedule();
  }

  private takeBatch(): ReadonlyMap<string, Waiter<Result>> {
    if (this.waiting.size <= MAX_BATCH) return this.takeAll();
    const batch = new Map([...this.waiting].slice(0, MAX_BATCH));
    for (const key of batch.keys()) this.waiting.delete(key);
    return batch;
  }

  private takeAll(): ReadonlyMap<string, Waiter<Result>> {
    const all = new Map(this.waiting);
    this.waiting.clear();
    this.isUrgent = false;
    return all;
  }
}

function createWaiter<Result>(): Waiter<Result> {
  let settle!: Omit<Waiter<Result>, 'promise'>;
  const promise = new Promise<Result | null>((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle };
}

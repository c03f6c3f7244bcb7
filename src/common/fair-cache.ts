import { LRUCache } from 'lru-cache';

/** A full cache is emptied to this part of its limit, so that making room is rare. */
const KEPT_PART = 7 / 8;

export interface FairCacheLimits<Value> {
  /** The limit of the sizes of all values together. */
  readonly maxSize: number;
  readonly sizeOf: (value: Value, key: string) => number;
  /** How long a value is kept, in milliseconds. Absent: until it is evicted. */
  readonly ttlMs?: number;
}

/**
 * A cache that accounts share. A full cache evicts the least recently used values of the owner that uses most of it, so no
 * account can evict the values of those that use less.
 */
export class FairCache<Value extends object> {
  private readonly caches = new Map<string, LRUCache<string, Value>>();
  /** At least the size of all values. Values that expired or were replaced are still counted. */
  private sizeAtMost = 0;

  constructor(private readonly limits: FairCacheLimits<Value>) {}

  get(owner: string, key: string): Value | undefined {
    return this.caches.get(owner)?.get(key);
  }

  /** A value that takes more than seven eighths of the cache may not be kept. */
  set(owner: string, key: string, value: Value): void {
    let cache = this.caches.get(owner);
    if (cache === undefined) this.caches.set(owner, (cache = this.createCache()));
    cache.set(key, value);
    this.sizeAtMost += this.limits.sizeOf(value, key);
    if (this.sizeAtMost > this.limits.maxSize) this.makeRoom();
  }

  delete(owner: string, key: string): void {
    this.caches.get(owner)?.delete(key);
  }

  private createCache(): LRUCache<string, Value> {
    const { maxSize, sizeOf, ttlMs } = this.limits;
    return new LRUCache({
      maxSize,
      sizeCalculation: sizeOf,
      ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
    });
  }

  private makeRoom(): void {
    for (const [owner, cache] of this.caches) {
      cache.purgeStale();
      if (cache.size === 0) this.caches.delete(owner);
    }
    const largestFirst = [...this.caches.values()].sort((a, b) => b.calculatedSize - a.calculatedSize);
    let size = largestFirst.reduce((sum, cache) => sum + cache.calculatedSize, 0);
    const kept = this.limits.maxSize * KEPT_PART;
    const share = fairShare(
      largestFirst.map((cache) => cache.calculatedSize),
      kept,
    );
    for (const cache of largestFirst) {
      while (size > kept && cache.calculatedSize > share) {
        size -= cache.calculatedSize;
        cache.pop();
        size += cache.calculatedSize;
      }
    }
    this.sizeAtMost = size;
  }
}

/** Returns the size to which the largest of these sizes, which come first, must shrink so that all fit into the total. */
function fairShare(largestFirst: readonly number[], total: number): number {
  let left = total;
  for (let owners = largestFirst.length; owners > 0; owners--) {
    const smallest = largestFirst[owners - 1]!;
    if (smallest * owners > left) return left / owners;
    left -= smallest;
  }
  return Infinity;
}

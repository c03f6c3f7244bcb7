import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

const WINDOW_MS = 60_000;
const MAX_FAILURES = 20;

/** Counts invalid tokens by address, in windows of one minute. Valid tokens from the same address are not limited. */
@Injectable()
export class FailureLimiter {
  private readonly failures = new LRUCache<string, { count: number; readonly startedAt: number }>({
    max: 10_000,
    ttl: WINDOW_MS,
  });

  /** Whether the next failure of this address would be over the limit. */
  isAtLimit(address: string): boolean {
    return (this.failures.get(address)?.count ?? 0) >= MAX_FAILURES;
  }

  /** Records a failure. Returns the seconds to wait if the address is over the limit, otherwise null. */
  recordFailure(address: string): number | null {
    const window = this.failures.get(address);
    if (!window) {
      this.failures.set(address, { count: 1, startedAt: performance.now() });
      return null;
    }
    window.count += 1;
    if (window.count <= MAX_FAILURES) return null;
    // In this order, because the sum with a fractional start may be rounded up.
    const leftMs = WINDOW_MS - (performance.now() - window.startedAt);
    return Math.max(1, Math.ceil(leftMs / 1000));
  }
}

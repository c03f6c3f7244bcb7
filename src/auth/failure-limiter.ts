import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

const WINDOW_MS = 60_000;
const MAX_FAILURES = 20;

/** Counts failed sign-ins by address, a minute at a time. Valid tokens from a busy address are not held up. */
@Injectable()
export class FailureLimiter {
  private readonly failures = new LRUCache<string, { count: number; readonly startedAt: number }>({
    max: 10_000,
    ttl: WINDOW_MS,
  });

  /** Counts one failure. Seconds to wait where the address has failed too often, else null. */
  fail(address: string): number | null {
    const window = this.failures.get(address);
    if (!window) {
      this.failures.set(address, { count: 1, startedAt: Date.now() });
      return null;
    }
    window.count += 1;
    if (window.count <= MAX_FAILURES) return null;
    return Math.max(1, Math.ceil((window.startedAt + WINDOW_MS - Date.now()) / 1000));
  }
}

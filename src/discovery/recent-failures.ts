import { LRUCache } from 'lru-cache';
import { UpstreamError } from '../upstream/upstream-error';

const KEPT_MS = 10_000;
const MAX_FAILURES = 10_000;

/** Keeps failed lists for a short time, so that readers do not ask a failing upstream again and again. */
export class RecentFailures {
  private readonly failures = new LRUCache<string, { readonly error: UpstreamError; readonly at: number }>({
    max: MAX_FAILURES,
    ttl: KEPT_MS,
  });

  /** Keeps a failure of the upstream. Other errors say nothing about it. */
  add(key: string, error: unknown): void {
    if (error instanceof UpstreamError) this.failures.set(key, { error, at: performance.now() });
  }

  /** Throws the failure that is kept for the key, with what is left of its Retry-After. */
  throwIfKept(key: string): void {
    const kept = this.failures.get(key);
    if (kept) throw kept.error.after((performance.now() - kept.at) / 1000);
  }

  delete(key: string): void {
    this.failures.delete(key);
  }
}

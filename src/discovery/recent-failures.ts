import type { AccountId } from '../auth/caller';
import { FairCache } from '../common/fair-cache';
import { UpstreamError } from '../upstream/upstream-error';

const KEPT_MS = 10_000;
const MAX_FAILURES = 10_000;

/** Keeps failed lists for a short time, so that readers do not ask a failing upstream again and again. */
export class RecentFailures {
  private readonly failures = new FairCache<{ readonly error: UpstreamError; readonly at: number }>({
    maxSize: MAX_FAILURES,
    sizeOf: () => 1,
    ttlMs: KEPT_MS,
  });

  /** Keeps a failure of the upstream. Other errors say nothing about it. */
  add(accountId: AccountId, key: string, error: unknown): void {
    if (error instanceof UpstreamError) this.failures.set(accountId, key, { error, at: performance.now() });
  }

  /** Throws the failure that is kept for the key, with what is left of its Retry-After. */
  throwIfKept(accountId: AccountId, key: string): void {
    const kept = this.failures.get(accountId, key);
    if (kept) throw kept.error.after((performance.now() - kept.at) / 1000);
  }

  delete(accountId: AccountId, key: string): void {
    this.failures.delete(accountId, key);
  }
}

import { LRUCache } from 'lru-cache';
import type { AccountId } from '../auth/caller';
import { RETRY_SECONDS, type RoutingTooLarge } from './routing-too-large';

const MAX_ACCOUNTS = 10_000;

interface Oversized {
  readonly error: RoutingTooLarge;
  /** By the monotonic clock. */
  readonly foundAt: number;
}

/** The accounts whose table does not fit, so that a request need not build it again to find out. */
export class OversizedRegistries {
  private readonly found = new LRUCache<AccountId, Oversized>({ max: MAX_ACCOUNTS });

  get size(): number {
    return this.found.size;
  }

  accounts(): AccountId[] {
    return [...this.found.keys()];
  }

  add(accountId: AccountId, error: RoutingTooLarge): void {
    this.found.set(accountId, { error, foundAt: performance.now() });
  }

  remove(accountId: AccountId): void {
    this.found.delete(accountId);
  }

  /** Throws `RoutingTooLarge` until the registry has another revision, and for some seconds in any case. */
  assertMayFit(accountId: AccountId, latestRevision: number): void {
    const oversized = this.found.get(accountId);
    if (oversized === undefined) return;
    const isRecent = performance.now() - oversized.foundAt < 1000 * RETRY_SECONDS;
    if (isRecent || oversized.error.revision === latestRevision) throw oversized.error;
  }
}

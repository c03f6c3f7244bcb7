import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { AccountId } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { yieldIfLong } from '../common/yield-if-long';
import { MAX_RULE_TIME_MS } from './engine/rules/rule-time-budget';

/** The time for slow work that an account may use per second, in milliseconds. */
const MS_PER_SECOND = 100;

/** What an account may use without a pause: the limit of one request. */
const BURST_MS = MAX_RULE_TIME_MS;

/** Work below this does not count, because it takes no longer than the rest of its request. */
const SLOW_MS = 1;

/** How long the CPU time of an account is measured after its last slow work. */
const MEASURED_MS = 10_000;

const MAX_ACCOUNTS = 10_000;

interface TimeUse {
  /** Used time minus the time that the account got back since. */
  readonly usedMs: number;
  /** When `usedMs` was calculated, by the monotonic clock. */
  readonly at: number;
}

/**
 * Limits the time for which each account may block the event loop with slow routing. The requests of slow accounts share
 * short turns of the event loop, so that requests of other accounts run in between.
 *
 * Elapsed time only marks an account as slow. The limit counts CPU time, which other processes do not change. It is
 * measured only for slow accounts, because reading it takes longer.
 */
@Injectable()
export class AccountTimeLimit {
  private readonly slow = new LRUCache<AccountId, TimeUse>({ max: MAX_ACCOUNTS });

  /** Whether recent work of the account was slow. */
  isSlow(accountId: AccountId): boolean {
    return this.usedBy(accountId) !== null;
  }

  /** Yields to the event loop before work of a slow account. Throws 429 if it has no time left. */
  async takeTurn(accountId: AccountId): Promise<void> {
    if (this.assertTimeLeft(accountId) !== null) await yieldIfLong();
  }

  /** Runs synchronous work of an account. Throws 429 if the account has no time left. */
  run<Result>(accountId: AccountId, work: () => Result): Result {
    const usedMs = this.assertTimeLeft(accountId);
    const startedAt = performance.now();
    const startedCpu = usedMs === null ? undefined : process.cpuUsage();
    try {
      return work();
    } finally {
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs > SLOW_MS) {
        // The first slow work is free, because the machine may have delayed it.
        const costMs = startedCpu === undefined ? 0 : Math.min(elapsedMs, cpuMsSince(startedCpu));
        const chargedMs = costMs > SLOW_MS ? costMs : 0;
        this.slow.set(accountId, { usedMs: (usedMs ?? 0) + chargedMs, at: startedAt });
      }
    }
  }

  /** Returns what the account has used, or null if it is not slow. Throws 429 if the account has no time left. */
  private assertTimeLeft(accountId: AccountId): number | null {
    const usedMs = this.usedBy(accountId);
    if (usedMs !== null && usedMs >= BURST_MS) throw tooManyCostlyRequests(usedMs - BURST_MS);
    return usedMs;
  }

  /** Returns what the account has used, or null if it is not slow. */
  private usedBy(accountId: AccountId): number | null {
    const use = this.slow.get(accountId);
    if (use === undefined) return null;
    const elapsedMs = performance.now() - use.at;
    const usedMs = Math.max(0, use.usedMs - (elapsedMs / 1000) * MS_PER_SECOND);
    if (usedMs > 0 || elapsedMs < MEASURED_MS) return usedMs;
    this.slow.delete(accountId);
    return null;
  }
}

function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function tooManyCostlyRequests(excessMs: number): DomainError {
  return new DomainError(
    'rate_limited',
    'routing.too_many_costly_requests',
    `Slow requests of this account have used its routing time of ${MS_PER_SECOND} ms per second. Retry after the ` +
      'seconds in Retry-After, and simplify the rules or the context.',
    { retryAfterSeconds: Math.max(1, Math.ceil(excessMs / MS_PER_SECOND)) },
  );
}

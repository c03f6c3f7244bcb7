import { type EventLoopUtilization, performance } from 'node:perf_hooks';
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

/** How long all work shares a reading of the CPU time, in milliseconds. Each reading is a system call. */
const READING_MS = 10;

const MAX_ACCOUNTS = 10_000;

interface TimeUse {
  /** Used time minus the time that the account got back since. */
  readonly usedMs: number;
  /** When `usedMs` was calculated, by the monotonic clock. */
  readonly at: number;
}

interface CpuReading {
  readonly usage: NodeJS.CpuUsage;
  readonly loop: EventLoopUtilization;
  /** By the monotonic clock. */
  readonly at: number;
}

/**
 * Limits the time for which each account may block the event loop with slow routing. The requests of slow accounts share
 * short turns of the event loop, so that requests of other accounts run in between.
 *
 * The limit counts CPU time, which other processes do not change.
 */
@Injectable()
export class AccountTimeLimit {
  private readonly slow = new LRUCache<AccountId, TimeUse>({ max: MAX_ACCOUNTS });
  private lastReading: CpuReading | null = null;

  /** Whether slow work has used time of the account that it was not granted since. */
  isSlow(accountId: AccountId): boolean {
    return this.usedBy(accountId) > 0;
  }

  /** Yields to the event loop before work of a slow account. Throws 429 if it has no time left. */
  async takeTurn(accountId: AccountId): Promise<void> {
    if (this.assertTimeLeft(accountId) > 0) await yieldIfLong();
  }

  /** Runs synchronous work of an account. Throws 429 if the account has no time left. */
  run<Result>(accountId: AccountId, work: () => Result): Result {
    const usedMs = this.assertTimeLeft(accountId);
    const startedAt = performance.now();
    const reading = this.readingAt(startedAt);
    try {
      return work();
    } finally {
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs > SLOW_MS) {
        const costMs = Math.min(elapsedMs, cpuMsOf(startedAt, reading));
        if (costMs > SLOW_MS) this.slow.set(accountId, { usedMs: usedMs + costMs, at: startedAt });
      }
    }
  }

  /** Returns the used time. Throws 429 if the account has no time left. */
  private assertTimeLeft(accountId: AccountId): number {
    const usedMs = this.usedBy(accountId);
    if (usedMs >= BURST_MS) throw tooManyCostlyRequests(usedMs - BURST_MS);
    return usedMs;
  }

  /** Returns the used time, without what was granted since. */
  private usedBy(accountId: AccountId): number {
    const use = this.slow.get(accountId);
    if (use === undefined) return 0;
    const elapsedMs = performance.now() - use.at;
    const usedMs = use.usedMs - (elapsedMs / 1000) * MS_PER_SECOND;
    if (usedMs > 0) return usedMs;
    this.slow.delete(accountId);
    return 0;
  }

  /** Returns a reading of the CPU time that is at most `READING_MS` old. */
  private readingAt(now: number): CpuReading {
    if (this.lastReading === null || now - this.lastReading.at >= READING_MS)
      this.lastReading = {
        usage: process.cpuUsage(),
        loop: performance.eventLoopUtilization(),
        at: now,
      };
    return this.lastReading;
  }
}

/** Returns the CPU time since `start`, in milliseconds. Subtracts the busy time between the reading and `start`. */
function cpuMsOf(start: number, { usage, loop, at }: CpuReading): number {
  const { user, system } = process.cpuUsage(usage);
  const { idle } = performance.eventLoopUtilization(loop);
  const busyBeforeMs = start - at - idle;
  return (user + system) / 1000 - busyBeforeMs;
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

import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { isOutage } from '../common/domain-error';
import { SingleFlight } from '../common/single-flight';
import { wallClock } from '../common/timestamp';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { assertReached } from '../registry/revision-header';
import { RevisionTracker } from '../registry/revision-tracker';
import { MAX_CHANGED_MODELS } from './engine/model/routed-registry';
import type { RoutingTable } from './engine/routing-table';
import { OversizedRegistries } from './oversized-registries';
import { limitPatterns } from './pattern-memory';
import { RegistryErrorLog } from './registry-error-log';
import { RegistryReader } from './registry-reader';
import { RoutingTableBuilder } from './routing-table-builder';
import { RoutingTooLarge } from './routing-too-large';

/** A table that is unused for this time is evicted. */
const IDLE_MS = 600_000;

interface Entry {
  table: RoutingTable;
  /** Time of the last use, by the monotonic clock. */
  usedAt: number;
  /** The revision that the last refresh failed to reach during an outage. */
  failedRevision: number;
}

/**
 * The routing tables of the accounts that this process serves. A table reflects writes of this process immediately and
 * writes of other replicas after the next poll. During a database outage, the last tables stay in use.
 */
@Injectable()
export class RoutingTableStore implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Routing');
  private readonly entries = new Map<AccountId, Entry>();
  private readonly oversized = new OversizedRegistries();
  private readonly loads = new SingleFlight<AccountId, Entry>();
  private readonly refreshes = new SingleFlight<Entry, void>();
  private timer: NodeJS.Timeout | undefined;
  private polling = false;
  private failedSince: number | null = null;
  private readonly errors = new RegistryErrorLog();

  constructor(
    private readonly reader: RegistryReader,
    private readonly builder: RoutingTableBuilder,
    private readonly revisions: RevisionTracker,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** The number of accounts with a table. */
  get size(): number {
    return this.entries.size;
  }

  /** The estimated memory of all tables. */
  get bytes(): number {
    let bytes = 0;
    for (const { table } of this.entries.values()) bytes += table.bytes;
    return bytes;
  }

  /** The number of accounts whose table does not fit in memory. */
  get oversizedAccounts(): number {
    return this.oversized.size;
  }

  /** Epoch milliseconds of the first failed poll, or null while polls succeed. */
  get staleSince(): number | null {
    return this.entries.size === 0 ? null : this.failedSince;
  }

  onModuleInit(): void {
    this.timer = setInterval(() => void this.poll(), this.config.registryPollMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /**
   * Returns the account's table at the revision of this process's last write, and at `minRevision` or later. During an
   * outage, returns the last table that reaches `minRevision`. Throws 503 if there is none, or if it does not fit.
   */
  async current(accountId: AccountId, minRevision: number): Promise<RoutingTable> {
    const entry = this.entries.get(accountId) ?? (await this.load(accountId));
    entry.usedAt = performance.now();
    if (this.isBehind(accountId, entry, minRevision)) await this.catchUp(accountId, entry, minRevision);
    return entry.table;
  }

  /** Returns the table without a promise if it is in memory and current, as it nearly always is; otherwise null. */
  currentInMemory(accountId: AccountId, minRevision: number): RoutingTable | null {
    const entry = this.entries.get(accountId);
    if (entry === undefined || this.isBehind(accountId, entry, minRevision)) return null;
    entry.usedAt = performance.now();
    return entry.table;
  }

  private isBehind(accountId: AccountId, { table }: Entry, minRevision: number): boolean {
    return table.revision < Math.max(minRevision, this.revisions.latestKnown(accountId));
  }

  private async load(accountId: AccountId): Promise<Entry> {
    this.oversized.assertMayFit(accountId, this.revisions.latestKnown(accountId));
    return this.loads.run(accountId, () =>
      this.withinMemory(accountId, async () => {
        const table = await this.build(accountId);
        const entry = { table, usedAt: performance.now(), failedRevision: 0 };
        this.entries.set(accountId, entry);
        return entry;
      }),
    );
  }

  private async build(accountId: AccountId): Promise<RoutingTable> {
    const table = await this.builder.build(accountId, (bytes) => this.makeRoom(bytes));
    this.oversized.remove(accountId);
    return table;
  }

  /** Frees the memory of the account if its table does not fit, and remembers that. */
  private async withinMemory<Result>(accountId: AccountId, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RoutingTooLarge) {
        this.entries.delete(accountId);
        this.oversized.add(accountId, error);
        this.logger.warn(`the routing table of account ${accountId} exceeds ROUTING_MEMORY_MB`);
      }
      throw error;
    }
  }

  private async catchUp(accountId: AccountId, entry: Entry, minRevision: number): Promise<void> {
    await this.revisions.assertPlausible(accountId, minRevision);
    const wanted = Math.max(minRevision, this.revisions.latestKnown(accountId));
    // The first request of an outage waits for the database. Later ones leave it to the poll.
    const isUnavailable = this.failedSince !== null && wanted <= entry.failedRevision;
    if (isUnavailable && entry.table.revision >= minRevision) return;
    try {
      await this.refreshes.current(entry);
      // Skip if the refresh we waited for already reached this revision.
      if (entry.table.revision < wanted) await this.refresh(accountId, entry);
    } catch (error) {
      if (!isDatabaseOutage(error) || entry.table.revision < minRevision) throw error;
      entry.failedRevision = wanted;
    }
    assertReached(entry.table.revision, minRevision);
  }

  private refresh(accountId: AccountId, entry: Entry): Promise<void> {
    return this.refreshes.run(entry, () => this.withinMemory(accountId, () => this.update(accountId, entry)));
  }

  private async update(accountId: AccountId, entry: Entry): Promise<void> {
    const update = await this.reader.readSince(accountId, entry.table.revision);
    if (update === null || !entry.table.canApply(update.changes)) {
      entry.table = await this.build(accountId);
      // Making room may have evicted the entry.
      this.entries.set(accountId, entry);
      return;
    }
    try {
      entry.table.apply(update.revision, update.changes);
    } catch (error) {
      // The table may be inconsistent, so the next request loads it again.
      this.entries.delete(accountId);
      throw error;
    }
    this.builder.assertFits(entry.table);
    this.makeRoom(0);
  }

  private async poll(): Promise<void> {
    this.evictIdleTables();
    limitPatterns(this.entries.values(), this.config.routingMemoryBytes);
    if (this.polling) return;
    this.polling = true;
    const startedAt = wallClock();
    const isCurrent = await this.refreshAll();
    this.failedSince = isCurrent ? null : (this.failedSince ?? startedAt);
    this.polling = false;
  }

  /**
   * Refreshes outdated tables with one query for the revisions. Returns false if a table may still be outdated, except for
   * large tables, which it does not wait for.
   */
  private async refreshAll(): Promise<boolean> {
    let isCurrent = true;
    const attempt = async (accountId: AccountId | null, work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
        this.errors.clear(accountId);
      } catch (error) {
        // An error of one account is no outage.
        if (accountId === null || isDatabaseOutage(error)) isCurrent = false;
        // An error during a shutdown is expected.
        if (this.timer !== undefined) this.errors.report(accountId, error);
      }
    };
    await attempt(null, async () => {
      const revisions = await this.revisions.readMany([...this.entries.keys(), ...this.oversized.accounts()]);
      for (const [accountId, entry] of this.entries) {
        // The table may also be ahead, after a database restore.
        const isOutdated = entry.table.revision !== (revisions.get(accountId) ?? 0);
        // An account that cannot be read must not block the others, nor a large table, which may take seconds to build.
        const refreshed = attempt(accountId, async () => isOutdated && this.refresh(accountId, entry));
        if (entry.table.size <= MAX_CHANGED_MODELS) await refreshed;
      }
    });
    return isCurrent;
  }

  private evictIdleTables(): void {
    for (const [accountId, { usedAt }] of this.entries) {
      if (performance.now() - usedAt > IDLE_MS) this.evict(accountId);
    }
  }

  /** Evicts the least recently used tables until all of them and `bytes` fit in memory. */
  private makeRoom(bytes: number): void {
    let excess = this.bytes + bytes - this.config.routingMemoryBytes;
    if (excess <= 0) return;
    const oldestFirst = [...this.entries].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [accountId, { table }] of oldestFirst) {
      if (excess <= 0) return;
      excess -= table.bytes;
      this.evict(accountId);
    }
  }

  private evict(accountId: AccountId): void {
    this.entries.delete(accountId);
    this.errors.clear(accountId);
  }
}

/** A registry that is too large is no outage, although its code is 503. */
function isDatabaseOutage(error: unknown): boolean {
  return isOutage(error) && !(error instanceof RoutingTooLarge);
}

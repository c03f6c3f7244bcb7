import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { inBatches } from '../common/batches';
import { isOutage } from '../common/domain-error';
import { SingleFlight } from '../common/single-flight';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { describeError } from '../observability/describe-error';
import { assertReached } from '../registry/revision-header';
import { RevisionTracker } from '../registry/revision-tracker';
import { RoutingTable } from './engine/routing-table';
import { RegistryReader } from './registry-reader';

/** A model with a rule takes some 10 µs; after so many others get their turn. */
const BATCH_SIZE = 2000;

/** A table that nobody asked for all this time is given up. */
const IDLE_MS = 600_000;

/** Models in all tables together; beyond it those that were asked for the longest ago are given up. */
const MAX_MODELS = 1_000_000;

interface Entry {
  table: RoutingTable;
  usedAt: number;
  /** The revision that it was to reach when the database was away. */
  failedRevision: number;
}

/**
 * The routing tables of the accounts that are in use here. A table follows the registry: changes of this process at
 * once, those of others within the poll. With the database away the last ones stay in use.
 */
@Injectable()
export class RoutingTableStore implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Routing');
  private readonly entries = new Map<AccountId, Entry>();
  private readonly loads = new SingleFlight<AccountId, Entry>();
  private readonly refreshes = new SingleFlight<Entry, void>();
  private timer: NodeJS.Timeout | undefined;
  private polling = false;
  private failedSince: number | null = null;
  /** Whose registry cannot be read, null where it is nobody's; logged once, until it can be again. */
  private readonly reported = new Set<AccountId | null>();

  constructor(
    private readonly reader: RegistryReader,
    private readonly revisions: RevisionTracker,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** How many accounts have a table here. */
  get size(): number {
    return this.entries.size;
  }

  /** Since when the database has not said whether the tables are current, in milliseconds of the epoch; null where it has. */
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
   * The table, with all that this process has written (as far as the database that answers has it) and at `minRevision` at
   * least. Throws 503 where there is none yet
   * and the database is away, or where `minRevision` cannot be reached.
   */
  async current(accountId: AccountId, minRevision: number): Promise<RoutingTable> {
    const entry = this.entries.get(accountId) ?? (await this.load(accountId));
    entry.usedAt = Date.now();
    if (this.isBehind(accountId, entry, minRevision)) await this.catchUp(accountId, entry, minRevision);
    return entry.table;
  }

  /** The same where it is there already, as it nearly always is, without a promise; else null. */
  currentNow(accountId: AccountId, minRevision: number): RoutingTable | null {
    const entry = this.entries.get(accountId);
    if (entry === undefined || this.isBehind(accountId, entry, minRevision)) return null;
    entry.usedAt = Date.now();
    return entry.table;
  }

  private isBehind(accountId: AccountId, { table }: Entry, minRevision: number): boolean {
    return table.revision < Math.max(minRevision, this.revisions.latestKnown(accountId));
  }

  private load(accountId: AccountId): Promise<Entry> {
    return this.loads.run(accountId, async () => {
      const table = await this.build(accountId);
      const entry = { table, usedAt: Date.now(), failedRevision: 0 };
      this.entries.set(accountId, entry);
      return entry;
    });
  }

  private async build(accountId: AccountId): Promise<RoutingTable> {
    const { revision, providers, models } = await this.reader.readAll(accountId);
    const table = RoutingTable.build(revision, providers, []);
    await inBatches(models, BATCH_SIZE, (batch) => {
      table.apply(revision, { models: batch, providers: [], removedModels: [], removedProviders: [] });
    });
    return table;
  }

  private async catchUp(accountId: AccountId, entry: Entry, minRevision: number): Promise<void> {
    const wanted = Math.max(minRevision, this.revisions.latestKnown(accountId));
    // One request has waited for the database in vain; from then on the poll does.
    const isAway = this.failedSince !== null && wanted <= entry.failedRevision;
    if (isAway && entry.table.revision >= minRevision) return;
    try {
      await this.refreshes.current(entry);
      // Skip if the refresh we waited for already reached this revision.
      if (entry.table.revision < wanted) await this.refresh(accountId, entry);
    } catch (error) {
      if (!isOutage(error) || entry.table.revision < minRevision) throw error;
      entry.failedRevision = wanted;
    }
    assertReached(entry.table.revision, minRevision);
  }

  private refresh(accountId: AccountId, entry: Entry): Promise<void> {
    return this.refreshes.run(entry, () => this.update(accountId, entry));
  }

  private async update(accountId: AccountId, entry: Entry): Promise<void> {
    const update = await this.reader.readSince(accountId, entry.table.revision);
    if (update === null) {
      entry.table = await this.build(accountId);
      return;
    }
    try {
      entry.table.apply(update.revision, update.changes);
    } catch (error) {
      // Half of it may be applied: the next request reads the whole.
      this.entries.delete(accountId);
      throw error;
    }
  }

  private async poll(): Promise<void> {
    this.evictIdleTables();
    if (this.polling) return;
    this.polling = true;
    const asked = Date.now();
    const isCurrent = await this.follow();
    this.failedSince = isCurrent ? null : (this.failedSince ?? asked);
    this.polling = false;
  }

  /** Asks once for all accounts and brings up to date what is behind. False where a table may still be. */
  private async follow(): Promise<boolean> {
    let isCurrent = true;
    const attempt = async (accountId: AccountId | null, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
        this.reported.delete(accountId);
      } catch (error) {
        // What is wrong with one account alone is logged, and says nothing of the database.
        if (accountId === null || isOutage(error)) isCurrent = false;
        this.report(accountId, error);
      }
    };
    await attempt(null, async () => {
      const revisions = await this.revisions.readMany([...this.entries.keys()]);
      for (const [accountId, entry] of this.entries) {
        // Behind, or ahead of a database that was restored.
        const isOther = entry.table.revision !== (revisions.get(accountId) ?? 0);
        // One whose rows cannot be read must not stop the others.
        await attempt(accountId, () => (isOther ? this.refresh(accountId, entry) : Promise.resolve()));
      }
    });
    return isCurrent;
  }

  /** Not that the database is away: /readyz and the metrics tell that. Nor what fails because the process ends. */
  private report(accountId: AccountId | null, error: unknown): void {
    if (isOutage(error) || this.timer === undefined || this.reported.has(accountId)) return;
    this.reported.add(accountId);
    const what = accountId === null ? 'the revisions' : `the registry of account ${accountId}`;
    this.logger.error(`cannot read ${what} ${JSON.stringify(describeError(error))}`);
  }

  private evictIdleTables(): void {
    let models = 0;
    const latestFirst = [...this.entries].sort(([, a], [, b]) => b.usedAt - a.usedAt);
    for (const [accountId, { table, usedAt }] of latestFirst) {
      models += table.size;
      const idle = Date.now() - usedAt > IDLE_MS;
      if (!idle && (models <= MAX_MODELS || models === table.size)) continue;
      this.entries.delete(accountId);
      this.reported.delete(accountId);
    }
  }
}

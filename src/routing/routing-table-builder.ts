import { Inject, Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { Mutex } from '../common/mutex';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { RoutingTable } from './engine/routing-table';
import { RegistryReader } from './registry-reader';
import { RoutingTooLarge } from './routing-too-large';

/** The memory is divided by this for all tables together that are built without waiting for a turn. */
const SMALL_TABLES_SHARE = 4;

/** Receives the bytes of an unfinished table. */
type OnGrowth = (bytes: number) => void;

/** Builds tables within the memory for them. Large ones are built one at a time, so that a small one never waits. */
@Injectable()
export class RoutingTableBuilder {
  private readonly turns = new Mutex();
  private readonly maxBytes: number;
  private readonly maxSmallBytes: number;

  constructor(
    private readonly reader: RegistryReader,
    @Inject(APP_CONFIG) { routingMemoryBytes, databasePoolSize }: AppConfig,
  ) {
    this.maxBytes = routingMemoryBytes;
    // Each build has a connection, so no more than the pool has are built together.
    this.maxSmallBytes = routingMemoryBytes / SMALL_TABLES_SHARE / databasePoolSize;
  }

  /** Builds the account's table at its current revision. Throws `RoutingTooLarge`. */
  async build(accountId: AccountId, onGrowth: OnGrowth): Promise<RoutingTable> {
    const small = await this.read(accountId, this.maxSmallBytes, onGrowth);
    if (small instanceof RoutingTable) return small;
    const release = await this.turns.acquire();
    try {
      const large = await this.read(accountId, this.maxBytes, onGrowth);
      if (large instanceof RoutingTable) return large;
      throw new RoutingTooLarge(large, this.maxBytes);
    } finally {
      release();
    }
  }

  /** Throws `RoutingTooLarge` for a table that has outgrown the memory. */
  assertFits({ bytes, revision }: RoutingTable): void {
    if (bytes > this.maxBytes) throw new RoutingTooLarge(revision, this.maxBytes);
  }

  /** Returns the revision instead of the table as soon as it is larger than `maxBytes`. */
  private read(accountId: AccountId, maxBytes: number, onGrowth: OnGrowth): Promise<RoutingTable | number> {
    return this.reader.readAll(accountId, async (revision, batches) => {
      const table = RoutingTable.build(revision, [], []);
      for await (const batch of batches) {
        table.apply(revision, { ...batch, removedModels: [], removedProviders: [] });
        if (table.bytes > maxBytes) return revision;
        onGrowth(table.bytes);
      }
      return table;
    });
  }
}

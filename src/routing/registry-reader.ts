import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { UnitOfWork } from '../database/unit-of-work';
import type { RoutingRow } from '../models/model-row';
import { ModelsRepository } from '../models/models.repository';
import { ErrorEntry } from '../observability/error-entry';
import { ProviderSecrets } from '../providers/provider-secrets';
import type { Provider } from '../providers/provider.entity';
import { NO_FILTER, ProvidersRepository } from '../providers/providers.repository';
import { RegistryChangesRepository } from '../registry/registry-changes.repository';
import { RevisionTracker } from '../registry/revision-tracker';
import type { RegistryChanges, RoutedModel, RoutedProvider } from './engine/model/routed-registry';
import { toRoutedModel, toRoutedProvider } from './routed-rows';

/** The most that a row may take, because a body is not larger. */
const MAX_ROW_BYTES = 256 * 1024;

/** Rows of one statement. Few in a small process, because each row may be large. */
const MIN_BATCH = 16;
const MAX_BATCH = 1000;

/** Providers are read in smaller batches, because each is parsed to find corrupt ones. */
const PROVIDER_BATCH_DIVISOR = 4;

/** A part of an account's registry. A provider comes before its models. */
export interface RegistryBatch {
  readonly providers: readonly RoutedProvider[];
  readonly models: readonly RoutedModel[];
}

/** The changes from an earlier revision to this one. */
export interface RegistryUpdate {
  readonly revision: number;
  readonly changes: RegistryChanges;
}

/** Reads an account's registry or its changes. Each read is one transaction, so it is consistent. */
@Injectable()
export class RegistryReader {
  private readonly logger = new Logger('Routing');
  private readonly maxBatchBytes: number;
  private readonly batchSize: number;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly revisions: RevisionTracker,
    private readonly changes: RegistryChangesRepository,
    private readonly providers: ProvidersRepository,
    private readonly models: ModelsRepository,
    private readonly secrets: ProviderSecrets,
    @Inject(APP_CONFIG) config: AppConfig,
  ) {
    this.maxBatchBytes = config.routingMemoryBytes / 4;
    this.batchSize = clamp(Math.floor(this.maxBatchBytes / MAX_ROW_BYTES), MIN_BATCH, MAX_BATCH);
  }

  /**
   * Reads the whole registry for `build`, batch by batch, so that no more than a batch of rows is in memory. The
   * transaction may run again, and `build` with it.
   */
  readAll<Result>(
    accountId: AccountId,
    build: (revision: number, batches: AsyncIterable<RegistryBatch>) => Promise<Result>,
  ): Promise<Result> {
    return this.unitOfWork.read(async () =>
      build(await this.revisions.read(accountId), this.batchesOf(accountId)),
    );
  }

  /**
   * Returns null if the log of changes does not reach back far enough, or if the changes do not fit in memory beside the
   * table; then read everything.
   */
  readSince(accountId: AccountId, since: number): Promise<RegistryUpdate | null> {
    return this.unitOfWork.read(async () => {
      const revision = await this.revisions.read(accountId);
      if (revision === since) return { revision, changes: NO_CHANGES };
      const touched = await this.changes.between(accountId, since, revision);
      if (touched === null || touched.providers.length > this.batchSize) return null;
      const providers = await this.routed(await this.providers.listByIds(accountId, touched.providers));
      const ofProviders = await this.models.listIds(accountId, touched.modelsOf);
      const models = await this.readModels(accountId, [...new Set([...touched.models, ...ofProviders])]);
      if (models === null) return null;
      const removedProviders = removedIds(touched.providers, providers);
      return {
        revision,
        changes: { providers, removedProviders, models, removedModels: removedIds(touched.models, models) },
      };
    });
  }

  private async *batchesOf(accountId: AccountId): AsyncGenerator<RegistryBatch> {
    const limit = Math.floor(this.batchSize / PROVIDER_BATCH_DIVISOR);
    let after: string | null = null;
    do {
      const ids: string[] = await this.providers.listIds(accountId, { ...NO_FILTER, after, limit });
      yield { providers: await this.routed(await this.providers.listByIds(accountId, ids)), models: [] };
      after = ids.length < limit ? null : ids.at(-1)!;
      await nextTurn();
    } while (after !== null);
    const ids = await this.models.listIds(accountId, null);
    for (let start = 0; start < ids.length; start += this.batchSize) {
      const rows = await this.models.listForRouting(accountId, ids.slice(start, start + this.batchSize));
      yield { providers: [], models: this.routedModels(rows) };
      await nextTurn();
    }
  }

  /** Returns null for models that together take more memory than a batch may. */
  private async readModels(accountId: AccountId, ids: readonly string[]): Promise<RoutedModel[] | null> {
    const models: RoutedModel[] = [];
    let bytes = 0;
    for (let start = 0; start < ids.length; start += this.batchSize) {
      const batch = this.routedModels(
        await this.models.listForRouting(accountId, ids.slice(start, start + this.batchSize)),
      );
      for (const { advancedText, whenText } of batch) bytes += advancedText.length + whenText.length;
      if (bytes > this.maxBatchBytes) return null;
      models.push(...batch);
    }
    return models;
  }

  /** Leaves out corrupt rows, so one row cannot break an account. */
  private routedModels(rows: readonly RoutingRow[]): RoutedModel[] {
    return rows.flatMap((row) => {
      try {
        return [toRoutedModel(row)];
      } catch (error) {
        this.logger.error(new ErrorEntry(`cannot read model ${row.id} for routing`, error));
        return [];
      }
    });
  }

  private routed(providers: readonly Provider[]): Promise<RoutedProvider[]> {
    return Promise.all(
      providers.map(async (provider) =>
        toRoutedProvider(provider, (await this.secrets.getStatus(provider)) === 'ok'),
      ),
    );
  }
}

const NO_CHANGES: RegistryChanges = { providers: [], removedProviders: [], models: [], removedModels: [] };

/** The ids in the log of changes that no longer exist. */
function removedIds(touched: readonly string[], found: readonly { readonly id: string }[]): string[] {
  const foundIds = new Set(found.map(({ id }) => id));
  return touched.filter((id) => !foundIds.has(id));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { yieldIfLong } from '../common/yield-if-long';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { UnitOfWork } from '../database/unit-of-work';
import type { RoutingRow } from '../models/model-row';
import { RoutedModelsRepository } from '../models/routed-models.repository';
import { ErrorEntry } from '../observability/error-entry';
import { ProviderSecrets } from '../providers/provider-secrets';
import type { Provider } from '../providers/provider.entity';
import { ProvidersRepository } from '../providers/providers.repository';
import { RegistryChangesRepository } from '../registry/registry-changes.repository';
import { RevisionTracker } from '../registry/revision-tracker';
import {
  MAX_CHANGED_MODELS,
  type RegistryChanges,
  type RoutedModel,
  type RoutedProvider,
} from './engine/model/routed-registry';
import { toRoutedModel, toRoutedProvider } from './routed-rows';

/** The most that a row may take, because a body is not larger. */
const MAX_ROW_BYTES = 256 * 1024;

/** Rows of one statement. Few in a small process, because each row may be large. */
const MIN_BATCH = 16;
const MAX_BATCH = 100;

/** Providers are read in smaller batches, because each is parsed to find corrupt ones. */
const PROVIDER_BATCH_DIVISOR = 4;

/** The rules of one batch, in characters. A table compiles them without a pause, which takes up to 500 ms per MiB. */
const MAX_BATCH_RULES = 64 * 1024;

/** The rules of changed models together. One rule is not longer. */
const MAX_CHANGED_RULES = MAX_ROW_BYTES;

const MAX_CHANGED_PROVIDERS = 1000;

/** A part of an account's registry that a table applies without a pause. A provider comes before its models. */
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
  private readonly maxChangedBytes: number;
  private readonly maxChangedProviders: number;
  private readonly batchSize: number;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly revisions: RevisionTracker,
    private readonly changes: RegistryChangesRepository,
    private readonly providers: ProvidersRepository,
    private readonly models: RoutedModelsRepository,
    private readonly secrets: ProviderSecrets,
    @Inject(APP_CONFIG) config: AppConfig,
  ) {
    this.maxChangedBytes = config.routingMemoryBytes / 4;
    const maxRows = Math.floor(this.maxChangedBytes / MAX_ROW_BYTES);
    this.maxChangedProviders = clamp(maxRows, MIN_BATCH, MAX_CHANGED_PROVIDERS);
    this.batchSize = clamp(maxRows, MIN_BATCH, MAX_BATCH);
  }

  /**
   * Reads the whole registry for `build`, batch by batch, so that no more than a batch of rows is in memory. The
   * transaction may run again, and `build` with it.
   */
  readAll<Result>(
    accountId: AccountId,
    build: (revision: number, batches: AsyncIterable<RegistryBatch>) => Promise<Result>,
  ): Promise<Result> {
    return this.unitOfWork.read(
      async () => build(await this.revisions.read(accountId), this.batchesOf(accountId)),
      accountId,
    );
  }

  /**
   * Returns null if the log of changes does not reach back far enough, or if there are more changes than a table in use
   * may apply; then read everything.
   */
  readSince(accountId: AccountId, since: number): Promise<RegistryUpdate | null> {
    return this.unitOfWork.read(async () => {
      const revision = await this.revisions.read(accountId);
      if (revision === since) return { revision, changes: NO_CHANGES };
      const touched = await this.changes.between(accountId, since, revision);
      if (touched === null || touched.providers.length > this.maxChangedProviders) return null;
      const ofProviders = await this.models.listIds(accountId, touched.modelsOf, MAX_CHANGED_MODELS + 1);
      const models = await this.readModels(accountId, [...new Set([...touched.models, ...ofProviders])]);
      if (models === null) return null;
      const providers = await this.readProviders(accountId, touched.providers);
      const removedProviders = removedIds(touched.providers, providers);
      return {
        revision,
        changes: { providers, removedProviders, models, removedModels: removedIds(touched.models, models) },
      };
    }, accountId);
  }

  private async *batchesOf(accountId: AccountId): AsyncGenerator<RegistryBatch> {
    for await (const rows of this.providers.walk(accountId, this.providerBatchSize)) {
      yield { providers: await this.routed(rows), models: [] };
      const providerIds = rows.map(({ id }) => id);
      for await (const ids of this.models.walkIds(accountId, providerIds)) {
        for await (const models of this.modelBatches(accountId, ids)) yield { providers: [], models };
      }
    }
  }

  private async readProviders(accountId: AccountId, ids: readonly string[]): Promise<RoutedProvider[]> {
    const providers: RoutedProvider[] = [];
    for (let start = 0; start < ids.length; start += this.providerBatchSize) {
      const batch = ids.slice(start, start + this.providerBatchSize);
      providers.push(...(await this.routed(await this.providers.listByIds(accountId, batch))));
    }
    return providers;
  }

  /** Returns null for models that a table in use may not apply together. */
  private async readModels(accountId: AccountId, ids: readonly string[]): Promise<RoutedModel[] | null> {
    if (ids.length > MAX_CHANGED_MODELS) return null;
    const models: RoutedModel[] = [];
    let [bytes, rules] = [0, 0];
    for await (const batch of this.modelBatches(accountId, ids)) {
      models.push(...batch);
      for (const { advancedText, sealedHeaders, whenText } of batch) {
        bytes += advancedText.length + (sealedHeaders?.text.length ?? 0) + whenText.length;
        rules += whenText.length;
      }
      if (bytes > this.maxChangedBytes || rules > MAX_CHANGED_RULES) return null;
    }
    return models;
  }

  /** Leaves out corrupt rows, so one row cannot break an account. */
  private async *modelBatches(accountId: AccountId, ids: readonly string[]): AsyncGenerator<RoutedModel[]> {
    for (let start = 0; start < ids.length; start += this.batchSize) {
      const rows = await this.models.listByIds(accountId, ids.slice(start, start + this.batchSize));
      let batch: RoutedModel[] = [];
      let rules = 0;
      for (const row of rows) {
        await yieldIfLong();
        const model = this.routedModel(row);
        if (model === null) continue;
        batch.push(model);
        rules += model.whenText.length;
        if (rules > MAX_BATCH_RULES) {
          yield batch;
          [batch, rules] = [[], 0];
        }
      }
      yield batch;
    }
  }

  private routedModel(row: RoutingRow): RoutedModel | null {
    try {
      return toRoutedModel(row);
    } catch (error) {
      this.logger.error(new ErrorEntry(`cannot read model ${row.id} for routing`, error));
      return null;
    }
  }

  private async routed(rows: readonly Provider[]): Promise<RoutedProvider[]> {
    const providers: RoutedProvider[] = [];
    for (const row of rows) {
      await yieldIfLong();
      providers.push(toRoutedProvider(row, (await this.secrets.getStatus(row)) === 'ok'));
    }
    return providers;
  }

  private get providerBatchSize(): number {
    return Math.floor(this.batchSize / PROVIDER_BATCH_DIVISOR);
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

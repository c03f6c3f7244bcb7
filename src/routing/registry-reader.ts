import { Injectable, Logger } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { inBatches } from '../common/batches';
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

/** Yield to the event loop after this many rows. */
const BATCH_SIZE = 5000;

/** An account's registry at one revision. */
export interface RegistryImage {
  readonly revision: number;
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

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly revisions: RevisionTracker,
    private readonly changes: RegistryChangesRepository,
    private readonly providers: ProvidersRepository,
    private readonly models: ModelsRepository,
    private readonly secrets: ProviderSecrets,
  ) {}

  async readAll(accountId: AccountId): Promise<RegistryImage> {
    const { revision, providers, rows } = await this.unitOfWork.run(async () => ({
      revision: await this.revisions.read(accountId),
      providers: await this.providers.list(accountId, NO_FILTER),
      rows: await this.models.listForRouting(accountId, null),
    }));
    const models: RoutedModel[] = [];
    await inBatches(rows, BATCH_SIZE, (batch) => models.push(...this.routedModels(batch)));
    return { revision, providers: await this.routed(providers), models };
  }

  /** Returns null if the log of changes does not reach back far enough; then read everything. */
  async readSince(accountId: AccountId, since: number): Promise<RegistryUpdate | null> {
    const read = await this.unitOfWork.run(async () => {
      const revision = await this.revisions.read(accountId);
      if (revision === since) return { revision, touched: NO_CHANGES, providers: [], rows: [] };
      const touched = await this.changes.between(accountId, since, revision);
      if (touched === null) return null;
      const providers = await this.providers.listByIds(accountId, touched.providers);
      const own = await this.models.listForRouting(accountId, { column: 'id', ids: touched.models });
      const ofProviders = { column: 'provider_id', ids: touched.modelsOf } as const;
      const rows = await this.models.listForRouting(accountId, ofProviders);
      // Add each model once, even if both it and its provider changed.
      const whole = new Set(touched.modelsOf);
      rows.push(...own.filter(({ provider_id }) => !whole.has(provider_id)));
      return { revision, touched, providers, rows };
    });
    if (read === null) return null;
    const { revision, touched, providers, rows } = read;
    const models = this.routedModels(rows);
    const changes: RegistryChanges = {
      providers: await this.routed(providers),
      removedProviders: removedIds(touched.providers, providers),
      models,
      removedModels: removedIds(touched.models, models),
    };
    return { revision, changes };
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

const NO_CHANGES = { providers: [], models: [], modelsOf: [] };

/** The ids in the log of changes that no longer exist. */
function removedIds(touched: readonly string[], found: readonly { readonly id: string }[]): string[] {
  const foundIds = new Set(found.map(({ id }) => id));
  return touched.filter((id) => !foundIds.has(id));
}

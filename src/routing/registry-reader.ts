import { Injectable, Logger } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { inBatches } from '../common/batches';
import { UnitOfWork } from '../database/unit-of-work';
import type { RoutingRow } from '../models/model-row';
import { ModelsRepository } from '../models/models.repository';
import { describeError } from '../observability/describe-error';
import { ProviderSecrets } from '../providers/provider-secrets';
import type { Provider } from '../providers/provider.entity';
import { NO_FILTER, ProvidersRepository } from '../providers/providers.repository';
import { RegistryChangesRepository } from '../registry/registry-changes.repository';
import { RevisionTracker } from '../registry/revision-tracker';
import type { RegistryChanges, RoutedModel, RoutedProvider } from './engine/model/routed-registry';
import { toRoutedModel, toRoutedProvider } from './routed-rows';

/** A row takes some 2 µs; after so many others get their turn. */
const BATCH_SIZE = 5000;

/** An account's registry at one revision. */
export interface RegistryImage {
  readonly revision: number;
  readonly providers: readonly RoutedProvider[];
  readonly models: readonly RoutedModel[];
}

/** What takes an earlier revision to this one. */
export interface RegistryUpdate {
  readonly revision: number;
  readonly changes: RegistryChanges;
}

/** Reads an account's registry, or what has changed in it. Each read is one transaction, so it is of one moment. */
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

  /** Null where so much has changed, or so long ago, that all is to be read. */
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
      // One that was touched by itself as well comes once.
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

  /** A row that was spoilt by hand is left out, so that it breaks nothing but itself. */
  private routedModels(rows: readonly RoutingRow[]): RoutedModel[] {
    return rows.flatMap((row) => {
      try {
        return [toRoutedModel(row)];
      } catch (error) {
        this.logger.error(`model ${row.id} cannot be routed to: ${JSON.stringify(describeError(error))}`);
        return [];
      }
    });
  }

  private routed(providers: readonly Provider[]): Promise<RoutedProvider[]> {
    return Promise.all(
      providers.map(async (provider) =>
        toRoutedProvider(provider, (await this.secrets.status(provider)) === 'ok'),
      ),
    );
  }
}

const NO_CHANGES = { providers: [], models: [], modelsOf: [] };

/** What was touched and is not there any more. */
function removedIds(touched: readonly string[], found: readonly { readonly id: string }[]): string[] {
  const there = new Set(found.map(({ id }) => id));
  return touched.filter((id) => !there.has(id));
}

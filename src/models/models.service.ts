import { Injectable } from '@nestjs/common';
import { AdvancedJsonSealer } from '../advanced-json/advanced-json-sealer';
import type { AuditAction } from '../audit/audit-actions';
import { AuditService, diffFields } from '../audit/audit.service';
import type { AccountId, Caller } from '../auth/caller';
import { inBatches } from '../common/batches';
import { foldedModelKey } from '../common/identity-key';
import { isId } from '../common/ids';
import { assertMatch } from '../http/response/etag';
import { withoutField } from '../http/route/shown-once.decorator';
import { QuotasService } from '../quotas/quotas.service';
import { RegistryTransaction, type Touch } from '../registry/registry-transaction';
import { RevisionTracker } from '../registry/revision-tracker';
import { assertBaseUrlConfirmed } from './confirmed-base-url';
import { DefaultModel, type DefaultMove, toMoveEvent } from './default-model';
import type { CreateModelDto, UpdateModelDto } from './dto/model.dto';
import { type ModelResponse, selectorOf, toModelResponse } from './dto/model.response.dto';
import { type ChosenDefault, ImportedDefault } from './imported-default';
import { ModelWriter } from './model-writer';
import { noSuchModel, noSuchProvider } from './model.errors';
import { type ModelName, ModelsRepository, type ParentProvider } from './models.repository';
import { applySettings, createModel, rename } from './new-model';
import { addOtherSpelling, assertAliasCount, hasEitherSpelling } from './other-spelling';
import { PriceHistory } from './price-history';
import type { ProviderModel } from './provider-model.entity';

const HEADERS_POINTER = '/advanced_json/extra_headers';

/** Models of an import that are prepared before other requests run. */
const BATCH_SIZE = 100;

/** The models that an import added, the names of those that the provider already had, and its default. */
export interface AddedModels {
  readonly added: ModelResponse[];
  readonly existing: string[];
  readonly defaultModel: ModelName | null;
  readonly earlierDefault: ModelName | null;
}

@Injectable()
export class ModelsService {
  constructor(
    private readonly models: ModelsRepository,
    private readonly writer: ModelWriter,
    private readonly defaults: DefaultModel,
    private readonly importedDefault: ImportedDefault,
    private readonly sealer: AdvancedJsonSealer,
    private readonly registry: RegistryTransaction,
    private readonly revisions: RevisionTracker,
    private readonly audit: AuditService,
    private readonly quotas: QuotasService,
    private readonly prices: PriceHistory,
  ) {}

  /** Throws 503 when the database has not reached `minRevision`. */
  async get(
    { accountId }: Caller,
    providerId: string,
    id: string,
    minRevision: number,
  ): Promise<ModelResponse> {
    await this.revisions.assertReached(accountId, minRevision);
    const found =
      isId(providerId) && isId(id) ? await this.models.findNamed(accountId, providerId, id) : null;
    if (!found) return this.throwNotFound(accountId, providerId);
    return toModelResponse(found.model, found.providerName);
  }

  /** Throws 409 when the account has no room for the model. */
  async create(caller: Caller, providerId: string, body: CreateModelDto): Promise<ModelResponse> {
    const { accountId } = caller;
    const draft = await createModel(accountId, providerId, body, this.sealer);
    const work = async (touch: Touch): Promise<ModelResponse> => {
      const parent = await this.getParent(accountId, providerId);
      assertBaseUrlConfirmed(caller, parent, body, HEADERS_POINTER);
      const model = { ...draft };
      assertAliasCount(model, null, parent.baseUrl);
      const registryBytes = addOtherSpelling(model, parent.baseUrl);
      if (registryBytes > 0) await this.quotas.add(accountId, { registryBytes });
      const moved = await this.defaults.beforeInsert(model, parent.defaultModel, body.is_default === true);
      await this.models.insert([model]);
      await this.prices.start(caller, [model]);
      touch('model', model.id);
      const response = toModelResponse(model, parent.name);
      await this.record(caller, 'model.create', parent, model, null, response);
      await this.recordMoved(caller, parent, moved, touch);
      return response;
    };
    return this.registry.run(accountId, work, { models: 1, registryBytes: draft.storedBytes });
  }

  update(
    caller: Caller,
    providerId: string,
    id: string,
    body: UpdateModelDto,
    ifMatch: string | undefined,
  ): Promise<ModelResponse> {
    return this.registry.run(caller.accountId, async (touch) => {
      const { parent, model: current } = await this.find(caller.accountId, providerId, id);
      const before = toModelResponse(current, parent.name);
      assertMatch(ifMatch, before);
      assertBaseUrlConfirmed(caller, parent, body, HEADERS_POINTER);
      const model = { ...current };
      if (body.model !== undefined) rename(model, body.model);
      await applySettings(model, body, this.sealer);
      await this.writer.respell(parent, current, model, body.aliases);
      if (JSON.stringify(model) !== JSON.stringify(current)) {
        await this.writer.update(caller, current, model, body.pricing);
      }
      const moved = await this.defaults.afterUpdate(model, parent.defaultModel, body.is_default);
      const after = toModelResponse(model, parent.name);
      if (JSON.stringify(model) !== JSON.stringify(current)) {
        touch('model', id);
        await this.record(caller, 'model.update', parent, model, before, after);
      }
      await this.recordMoved(caller, parent, moved, touch);
      return after;
    });
  }

  async delete(caller: Caller, providerId: string, id: string, ifMatch: string | undefined): Promise<void> {
    await this.registry.run(caller.accountId, async (touch) => {
      const { parent, model } = await this.find(caller.accountId, providerId, id);
      const before = toModelResponse(model, parent.name);
      assertMatch(ifMatch, before);
      await this.quotas.add(caller.accountId, { models: -1, registryBytes: -model.storedBytes });
      await this.models.delete(caller.accountId, id);
      await this.prices.end(caller.accountId, [id]);
      touch('model', id);
      const moved = await this.defaults.afterDelete(model);
      await this.record(caller, 'model.delete', parent, model, before, null);
      await this.recordMoved(caller, parent, moved, touch);
    });
  }

  /**
   * Adds many models in one transaction and leaves existing ones unchanged. Calls `toResult` within the transaction, so
   * that an idempotency key stores the same response that the client gets. Throws 409 when the account has no room for
   * all of them.
   */
  addMany<T>(
    caller: Caller,
    providerId: string,
    bodies: readonly CreateModelDto[],
    chosen: ChosenDefault | null,
    toResult: (result: AddedModels) => T,
  ): Promise<T> {
    return this.registry.run(caller.accountId, async (touch) => {
      const { accountId } = caller;
      const parent = await this.getParent(accountId, providerId);
      const keys = await this.models.listKeys(accountId, providerId);
      const earlierDefault = parent.defaultModel;
      const models: ProviderModel[] = [];
      const existing: string[] = [];
      await inBatches(bodies, BATCH_SIZE, async (batch) => {
        for (const body of batch) {
          const model = await createModel(accountId, providerId, body, this.sealer);
          if (hasEitherSpelling(keys, model, parent.baseUrl)) {
            existing.push(body.model);
            continue;
          }
          addOtherSpelling(model, parent.baseUrl);
          for (const name of [model.model, ...(model.aliases ?? [])]) keys.add(foldedModelKey(name));
          models.push(model);
        }
      });
      if (models.length === 0) {
        const defaultModel = await this.importedDefault.move(caller, parent, chosen, touch);
        return toResult({ added: [], existing, defaultModel, earlierDefault });
      }
      const registryBytes = models.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
      await this.quotas.add(accountId, { models: models.length, registryBytes });
      const moved = await this.importedDefault.beforeInsert(caller, models, parent, chosen);
      await this.models.insert(models);
      await this.prices.start(caller, models);
      touch('models_of_provider', providerId);
      const added: ModelResponse[] = [];
      await inBatches(models, BATCH_SIZE, (batch) => {
        for (const model of batch) added.push(toModelResponse(model, parent.name));
      });
      await this.audit.record(caller, {
        action: 'model.import',
        resource: { type: 'provider', id: parent.id, name: parent.name },
        changes: { models: { before: null, after: added.map(({ model }) => model) } },
      });
      await this.recordMoved(caller, parent, moved, touch);
      const inserted = models.find(({ defaultOf }) => defaultOf !== null);
      const defaultModel = inserted ?? (await this.importedDefault.move(caller, parent, chosen, touch));
      return toResult({ added, existing, defaultModel, earlierDefault });
    });
  }

  private async getParent(accountId: AccountId, providerId: string): Promise<ParentProvider> {
    const parent = isId(providerId) ? await this.models.findParent(accountId, providerId) : null;
    if (!parent) throw noSuchProvider();
    return parent;
  }

  private async find(
    accountId: AccountId,
    providerId: string,
    id: string,
  ): Promise<{ parent: ParentProvider; model: ProviderModel }> {
    const found =
      isId(providerId) && isId(id) ? await this.models.findWithParent(accountId, providerId, id) : null;
    return found ?? this.throwNotFound(accountId, providerId);
  }

  /** Throws 404 for the provider or for the model, whichever does not exist. */
  private async throwNotFound(accountId: AccountId, providerId: string): Promise<never> {
    await this.getParent(accountId, providerId);
    throw noSuchModel();
  }

  private async record(
    caller: Caller,
    action: AuditAction,
    parent: ParentProvider,
    model: ProviderModel,
    before: ModelResponse | null,
    after: ModelResponse | null,
  ): Promise<void> {
    const resource = { type: 'model', id: model.id, name: selectorOf(parent.name, model.model) };
    await this.audit.record(caller, {
      action,
      resource,
      changes: diffFields(audited(before), audited(after)),
    });
  }

  /** Records that the default moved from or to a model that the request did not name. */
  private async recordMoved(
    caller: Caller,
    parent: ParentProvider,
    moved: DefaultMove | null,
    touch: Touch,
  ): Promise<void> {
    if (!moved) return;
    touch('model', moved.other.id);
    await this.audit.record(caller, toMoveEvent(parent.name, moved));
  }
}

/** Warnings follow from `when`, so an audit event has none. */
function audited(model: ModelResponse | null): object | null {
  return model && withoutField(model, 'warnings');
}

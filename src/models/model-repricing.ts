import { Injectable } from '@nestjs/common';
import { AdvancedJsonSealer } from '../advanced-json/advanced-json-sealer';
import { AuditService, diffFields } from '../audit/audit.service';
import type { AccountId, Caller } from '../auth/caller';
import { isId } from '../common/ids';
import { yieldIfLong } from '../common/yield-if-long';
import { UnitOfWork } from '../database/unit-of-work';
import { RegistryTransaction, type Touch } from '../registry/registry-transaction';
import { selectorOf, toModelResponse } from './dto/model.response.dto';
import { ModelWriter } from './model-writer';
import { noSuchProvider } from './model.errors';
import { ModelsRepository, type ParentProvider } from './models.repository';
import { applySettings } from './new-model';
import {
  type ModelPrices,
  PRICED_COLUMNS,
  pricedModelOfRow,
  type PricedModel,
  type PricedRow,
  toPricedModel,
} from './priced-model';
import type { ProviderModel } from './provider-model.entity';
import { walkModels } from './walk-models';

/** Rows of one statement. A sheet has at most 16 KiB. */
const WALK_SIZE = 200;

/** What happened to a model: its new prices, or why it keeps its own. Its prices before are in `model`. */
export type RepricingOutcome<Reason> =
  | { readonly model: PricedModel; readonly after: ModelPrices }
  | { readonly id: string; readonly reason: Reason | 'not_found' };

/** Replaces the prices of many models of a provider in one transaction. */
@Injectable()
export class ModelRepricing {
  constructor(
    private readonly models: ModelsRepository,
    private readonly writer: ModelWriter,
    private readonly sealer: AdvancedJsonSealer,
    private readonly registry: RegistryTransaction,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Yields the prices of all models of a provider, unsorted. */
  async *walk(accountId: AccountId, providerId: string): AsyncGenerator<PricedModel[]> {
    const walk = { columns: PRICED_COLUMNS, size: WALK_SIZE };
    for await (const rows of walkModels<PricedRow>(this.unitOfWork, accountId, providerId, walk)) {
      yield rows.map(pricedModelOfRow);
    }
  }

  /**
   * Gives each model the prices that `choose` returns, or leaves it unchanged for the reason that it returns. Calls
   * `before` first and `toResult` last, within the transaction.
   */
  reprice<Reason extends string, T>(
    caller: Caller,
    { providerId, ids }: { readonly providerId: string; readonly ids: readonly string[] },
    choose: (model: PricedModel) => ModelPrices | Reason,
    {
      before,
      toResult,
    }: {
      readonly before: () => Promise<void>;
      readonly toResult: (outcomes: readonly RepricingOutcome<Reason>[]) => T;
    },
  ): Promise<T> {
    return this.registry.run(caller.accountId, async (touch) => {
      const parent = isId(providerId) ? await this.models.findParent(caller.accountId, providerId) : null;
      if (!parent) throw noSuchProvider();
      await before();
      const outcomes: RepricingOutcome<Reason>[] = [];
      for (const id of new Set(ids)) {
        const current = isId(id) ? await this.models.find(caller.accountId, providerId, id) : null;
        if (current === null) {
          outcomes.push({ id, reason: 'not_found' });
          continue;
        }
        const model = toPricedModel(current);
        const chosen = choose(model);
        if (typeof chosen === 'string') outcomes.push({ id, reason: chosen });
        else {
          await this.update(caller, parent, current, chosen, touch);
          outcomes.push({ model, after: chosen });
        }
        await yieldIfLong();
      }
      return toResult(outcomes);
    });
  }

  private async update(
    caller: Caller,
    parent: ParentProvider,
    current: ProviderModel,
    prices: ModelPrices,
    touch: Touch,
  ): Promise<void> {
    const model = { ...current };
    await applySettings(model, prices, this.sealer);
    await this.writer.update(caller, current, model, prices.pricing);
    touch('model', model.id);
    await this.audit.record(caller, {
      action: 'model.update',
      resource: { type: 'model', id: model.id, name: selectorOf(parent.name, model.model) },
      changes: diffFields(toModelResponse(current, parent.name), toModelResponse(model, parent.name)),
    });
  }
}

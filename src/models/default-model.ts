import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/caller';
import { timestamp } from '../common/clock';
import { ModelsRepository } from './models.repository';
import type { ProviderModel } from './provider-model.entity';

/**
 * Keeps the rule that a provider with models has exactly one default. Call it within the unit of work of the change;
 * the unique column `default_of` holds the rule even where two writers do not see each other.
 */
@Injectable()
export class DefaultModel {
  constructor(private readonly models: ModelsRepository) {}

  /** The first model is the default; another one becomes it where that is asked for. */
  async afterInsert(model: ProviderModel, wanted: boolean): Promise<void> {
    const current = await this.models.findDefaultId(model.accountId as AccountId, model.providerId);
    // A new row is not an updated one.
    if (current === null || wanted) await this.move(model, model.createdAt);
  }

  /** `wanted` false on the default promotes another; an only model stays what it is. */
  async afterUpdate(model: ProviderModel, wanted: boolean | undefined): Promise<void> {
    const isDefault = model.defaultOf !== null;
    if (wanted === undefined || wanted === isDefault) return;
    const now = timestamp();
    if (wanted) {
      await this.move(model, now);
      return;
    }
    if (await this.promoteOther(model, now)) {
      model.defaultOf = null;
      model.updatedAt = now;
    }
  }

  async afterDelete(model: ProviderModel): Promise<void> {
    if (model.defaultOf !== null) await this.promoteOther(model, timestamp());
  }

  private async move(model: ProviderModel, now: string): Promise<void> {
    const accountId = model.accountId as AccountId;
    await this.models.clearDefault(accountId, model.providerId, now);
    await this.models.makeDefault(accountId, model.providerId, model.id, now);
    model.defaultOf = model.providerId;
    model.updatedAt = now;
  }

  /** False where there is no other. */
  private async promoteOther({ accountId, providerId, id }: ProviderModel, now: string): Promise<boolean> {
    const successor = await this.models.findSuccessorId(accountId as AccountId, providerId, id);
    if (successor === null) return false;
    await this.models.clearDefault(accountId as AccountId, providerId, now);
    await this.models.makeDefault(accountId as AccountId, providerId, successor, now);
    return true;
  }
}

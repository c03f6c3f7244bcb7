import { Injectable } from '@nestjs/common';
import type { AuditedChange } from '../audit/audit.service';
import type { AccountId } from '../auth/caller';
import { timestamp } from '../common/timestamp';
import { selectorOf } from './dto/model.response.dto';
import { type ModelName, ModelsRepository } from './models.repository';
import type { ProviderModel } from './provider-model.entity';

/** A change of `is_default` on a model that the request did not name. */
export interface DefaultMove {
  readonly other: ModelName;
  readonly isDefault: boolean;
}

/** Describes the change of the model that the request did not name, for the audit log. */
export function toMoveEvent(providerName: string, { other, isDefault }: DefaultMove): AuditedChange {
  return {
    action: 'model.update',
    resource: { type: 'model', id: other.id, name: selectorOf(providerName, other.model) },
    changes: { is_default: { before: !isDefault, after: isDefault } },
  };
}

/**
 * Ensures that a provider with models has exactly one default. Call it within the unit of work of the change. The unique
 * column `default_of` enforces the rule between writers that do not see each other. Each method returns the change of
 * another model, or null. `current` is the default before the change.
 */
@Injectable()
export class DefaultModel {
  constructor(private readonly models: ModelsRepository) {}

  /** Makes the first model the default, and a later one if `wanted`. */
  async beforeInsert(
    model: ProviderModel,
    current: ModelName | null,
    wanted: boolean,
  ): Promise<DefaultMove | null> {
    if (current !== null && !wanted) return null;
    if (current !== null) {
      await this.models.clearDefault(model.accountId as AccountId, model.providerId, model.createdAt);
    }
    model.defaultOf = model.providerId;
    return current && { other: current, isDefault: false };
  }

  /** Applies `is_default`. False on the default promotes another model; an only model stays the default. */
  async afterUpdate(
    model: ProviderModel,
    current: ModelName | null,
    wanted: boolean | undefined,
  ): Promise<DefaultMove | null> {
    const isDefault = model.defaultOf !== null;
    if (wanted === undefined || wanted === isDefault) return null;
    const now = timestamp();
    if (wanted) return this.moveTo(model, current, now);
    const moved = await this.promoteOther(model, now);
    if (moved) {
      model.defaultOf = null;
      model.updatedAt = now;
    }
    return moved;
  }

  async afterDelete(model: ProviderModel): Promise<DefaultMove | null> {
    return model.defaultOf === null ? null : this.promoteOther(model, timestamp());
  }

  private async moveTo(
    model: ProviderModel,
    current: ModelName | null,
    now: string,
  ): Promise<DefaultMove | null> {
    const accountId = model.accountId as AccountId;
    await this.models.clearDefault(accountId, model.providerId, now);
    await this.models.setDefault(accountId, model.providerId, model.id, now);
    model.defaultOf = model.providerId;
    model.updatedAt = now;
    return current && { other: current, isDefault: false };
  }

  private async promoteOther(
    { accountId, providerId, id }: ProviderModel,
    now: string,
  ): Promise<DefaultMove | null> {
    const successor = await this.models.findSuccessor(accountId as AccountId, providerId, id);
    if (successor === null) return null;
    await this.models.clearDefault(accountId as AccountId, providerId, now);
    await this.models.setDefault(accountId as AccountId, providerId, successor.id, now);
    return { other: successor, isDefault: true };
  }
}

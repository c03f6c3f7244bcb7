import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { Caller } from '../auth/caller';
import { foldedModelKey } from '../common/identity-key';
import type { Touch } from '../registry/registry-transaction';
import { otherSpelling } from '../upstream/model-spelling';
import { DefaultModel, type DefaultMove, toMoveEvent } from './default-model';
import { selectorOf } from './dto/model.response.dto';
import { type ModelName, ModelsRepository, type ParentProvider } from './models.repository';
import type { ProviderModel } from './provider-model.entity';

/** The model that an import makes the default. */
export interface ChosenDefault {
  readonly model: string;
  /** Whether it replaces a default that exists. */
  readonly replaces: boolean;
}

/** Applies the default of an import, within its transaction. */
@Injectable()
export class ImportedDefault {
  constructor(
    private readonly models: ModelsRepository,
    private readonly defaults: DefaultModel,
    private readonly audit: AuditService,
  ) {}

  /** Makes the chosen one of these new models the default, or the first if the provider has none. */
  beforeInsert(
    models: readonly ProviderModel[],
    { defaultModel }: ParentProvider,
    chosen: ChosenDefault | null,
  ): Promise<DefaultMove | null> {
    const found = models.find(({ model }) => model === chosen?.model);
    const replaces = found !== undefined && chosen?.replaces === true;
    return this.defaults.beforeInsert(found ?? models[0]!, defaultModel, replaces);
  }

  /** Makes an existing model the default if the import asks for it. Returns the default. */
  async move(
    caller: Caller,
    parent: ParentProvider,
    chosen: ChosenDefault | null,
    touch: Touch,
  ): Promise<ModelName | null> {
    if (!chosen?.replaces) return parent.defaultModel;
    const model = await this.findEitherSpelling(caller, parent, chosen.model);
    if (model === null || model.defaultOf !== null) return parent.defaultModel;
    const moved = await this.defaults.afterUpdate(model, parent.defaultModel, true);
    touch('model', model.id);
    await this.audit.record(caller, {
      action: 'model.update',
      resource: { type: 'model', id: model.id, name: selectorOf(parent.name, model.model) },
      changes: { is_default: { before: false, after: true } },
    });
    if (moved) {
      touch('model', moved.other.id);
      await this.audit.record(caller, toMoveEvent(parent.name, moved));
    }
    return model;
  }

  private async findEitherSpelling(
    { accountId }: Caller,
    { id, baseUrl }: ParentProvider,
    name: string,
  ): Promise<ProviderModel | null> {
    const other = otherSpelling(name, baseUrl);
    const find = (each: string) => this.models.findByKey(accountId, id, foldedModelKey(each));
    return (await find(name)) ?? (other === null ? null : await find(other));
  }
}

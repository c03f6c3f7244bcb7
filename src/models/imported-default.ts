import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { Caller } from '../auth/caller';
import { type DomainError, invalidField } from '../common/domain-error';
import { foldedModelKey } from '../common/identity-key';
import type { Touch } from '../registry/registry-transaction';
import { otherSpelling } from '../upstream/model-spelling';
import { DefaultModel, type DefaultMove, toMoveEvent } from './default-model';
import { selectorOf } from './dto/model.response.dto';
import { type ModelName, ModelsRepository, type ParentProvider } from './models.repository';
import type { ProviderModel } from './provider-model.entity';

/** The model that an import makes the default, unless the provider has an enabled one. */
export interface ChosenDefault {
  readonly model: string;
  /** Whether the request names it. It then replaces any other default. */
  readonly isRequested: boolean;
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
  async beforeInsert(
    caller: Caller,
    models: readonly ProviderModel[],
    parent: ParentProvider,
    chosen: ChosenDefault | null,
  ): Promise<DefaultMove | null> {
    const found =
      models.find(({ model }) => model === chosen?.model) ??
      models.find(({ aliases }) => chosen !== null && aliases?.includes(chosen.model));
    if (found === undefined) await this.findExisting(caller, parent, chosen);
    const replaces = found !== undefined && mayReplace(parent, chosen);
    return this.defaults.beforeInsert(found ?? models[0]!, parent.defaultModel, replaces);
  }

  /** Makes an existing model the default if the import chooses it. Returns the default. */
  async move(
    caller: Caller,
    parent: ParentProvider,
    chosen: ChosenDefault | null,
    touch: Touch,
  ): Promise<ModelName | null> {
    if (!mayReplace(parent, chosen)) return parent.defaultModel;
    const model = await this.findExisting(caller, parent, chosen);
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

  /** Finds the chosen model under either spelling. Throws 422 if the request names it and the provider does not have it. */
  private async findExisting(
    { accountId }: Caller,
    { id, baseUrl }: ParentProvider,
    chosen: ChosenDefault | null,
  ): Promise<ProviderModel | null> {
    if (chosen === null) return null;
    const other = otherSpelling(chosen.model, baseUrl);
    const find = (each: string) => this.models.findByKey(accountId, id, foldedModelKey(each));
    const model = (await find(chosen.model)) ?? (other === null ? null : await find(other));
    if (chosen.isRequested && model === null) throw noSuchDefault();
    return chosen.isRequested || model?.enabled ? model : null;
  }
}

/** A disabled default is not selected, so it is kept only until there is a better one. */
function mayReplace(parent: ParentProvider, chosen: ChosenDefault | null): boolean {
  return chosen !== null && (chosen.isRequested || !parent.isDefaultEnabled);
}

function noSuchDefault(): DomainError {
  const detail = 'Must be the id of a model that this request imports or that the provider already has.';
  return invalidField('/default', 'one_of', detail);
}

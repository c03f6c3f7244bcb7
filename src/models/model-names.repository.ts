import { Injectable } from '@nestjs/common';
import { inBatches } from '../common/batches';
import { foldedModelKey } from '../common/identity-key';
import { insertRows, placeholders } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { ProviderModelName } from './provider-model-name.entity';
import type { ProviderModel } from './provider-model.entity';

/** Rows per INSERT. Building a larger statement would delay other requests. */
const INSERT_BATCH = 500;

/** A name of a request that belongs to another model of the provider. */
export interface TakenName {
  readonly name: string;
  /** The name of the model that has it, as its own name or as an alias. */
  readonly model: string;
}

/** The names and aliases of models, unique under their provider. They are deleted with their model, by foreign key. */
@Injectable()
export class ModelNamesRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Adds the names of new models. Fails with a unique violation if one is taken. */
  async insert(models: readonly ProviderModel[]): Promise<void> {
    await inBatches(models.flatMap(rowsOf), INSERT_BATCH, (rows) =>
      insertRows(this.unitOfWork.manager, ProviderModelName, rows),
    );
  }

  /** Replaces the names of a model. Fails with a unique violation if one is taken. */
  async replace(model: ProviderModel): Promise<void> {
    await this.query('DELETE FROM provider_model_names WHERE model_id = ?', [model.id]);
    await this.insert([model]);
  }

  /** Returns the first name of these models that another model has, or null. */
  async findTaken(models: readonly ProviderModel[]): Promise<TakenName | null> {
    const ids = new Set(models.map(({ id }) => id));
    const { accountId, providerId } = models[0]!;
    const byKey = new Map(models.flatMap(namesOf).map((name) => [foldedModelKey(name), name]));
    const keys = [...byKey.keys()];
    // A manually inserted model may have no row in provider_model_names.
    const ofModel = 'm.account_id = ? AND m.provider_id = ? AND';
    const sql = `SELECT n.name_key, m.id, m.model FROM provider_model_names n JOIN provider_models m ON m.id = n.model_id
        WHERE ${ofModel} n.provider_id = m.provider_id AND n.name_key IN (${placeholders(keys)})
      UNION ALL SELECT m.model_key AS name_key, m.id, m.model FROM provider_models m
        WHERE ${ofModel} m.model_key IN (${placeholders(keys)})`;
    const owner = [accountId, providerId, ...keys];
    const rows = await this.query<{ name_key: string; id: string; model: string }>(sql, [...owner, ...owner]);
    const taken = rows.find(({ id }) => !ids.has(id));
    return taken === undefined ? null : { name: byKey.get(taken.name_key)!, model: taken.model };
  }

  private query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.unitOfWork.manager.query<Row[]>(sql, parameters);
  }
}

function namesOf({ model, aliases }: ProviderModel): string[] {
  return [model, ...(aliases ?? [])];
}

function rowsOf(model: ProviderModel): ProviderModelName[] {
  return namesOf(model).map((name) => ({
    providerId: model.providerId,
    nameKey: foldedModelKey(name),
    modelId: model.id,
  }));
}

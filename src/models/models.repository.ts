import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import type { AccountId } from '../auth/caller';
import { inBatches } from '../common/batches';
import { foldedModelKey } from '../common/identity-key';
import { isForeignKeyViolation, isUniqueViolation } from '../database/database-errors';
import { changedColumns } from '../database/portable-columns';
import { insertRows, updateRows } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import type { Protocol } from '../upstream/protocol';
import type { SecretDestination } from './confirmed-base-url';
import { ModelNamesRepository } from './model-names.repository';
import { type ModelRow, storedAliases, toModel } from './model-row';
import { modelConflict, noSuchProvider } from './model.errors';
import { ProviderModel } from './provider-model.entity';
import { walkModels } from './walk-models';

/** Rows per INSERT. Building a larger statement would delay other requests. */
const INSERT_BATCH = 100;

/** Rows per statement when the keys or ids of all models are read. */
const KEYS_BATCH = 2000;

/** Rows per DELETE of a provider's models, so that each statement is short. */
const DELETE_BATCH = 500;

/** The part of a model that moving the default needs. */
export interface ModelName {
  readonly id: string;
  readonly model: string;
}

/** The part of a provider that its models need. */
export interface ParentProvider extends SecretDestination {
  readonly id: string;
  readonly name: string;
  /** Null when the provider has no models. */
  readonly defaultModel: ModelName | null;
  readonly isDefaultEnabled: boolean;
}

interface ParentRow {
  parent_id: string;
  parent_name: string;
  base_url: string | null;
  base_url_set_by: string | null;
  default_id: string | null;
  default_name: string;
  default_enabled: number;
}

type DeletedRow = Pick<ModelRow, 'id' | 'stored_bytes'>;

const PARENT_COLUMNS =
  'p.id AS parent_id, p.name AS parent_name, p.base_url, p.base_url_set_by, d.id AS default_id, d.model AS default_name, d.enabled AS default_enabled';
const PARENT_TABLES =
  'providers p LEFT JOIN provider_models d ON d.account_id = p.account_id AND d.default_of = p.id';
/** The end of a statement about one model and its provider. Parameters: ids of account, provider and model. */
const MODEL_OF_PARENT = `provider_models m ON m.account_id = p.account_id AND m.provider_id = p.id
  WHERE p.account_id = ? AND p.id = ? AND m.id = ?`;

function toParent(row: ParentRow): ParentProvider {
  return {
    id: row.parent_id,
    name: row.parent_name,
    baseUrl: row.base_url,
    baseUrlSetBy: row.base_url_set_by,
    defaultModel: row.default_id === null ? null : { id: row.default_id, model: row.default_name },
    isDefaultEnabled: Number(row.default_enabled) === 1,
  };
}

@Injectable()
export class ModelsRepository {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly names: ModelNamesRepository,
  ) {}

  async findParent(accountId: AccountId, providerId: string): Promise<ParentProvider | null> {
    const sql = `SELECT ${PARENT_COLUMNS} FROM ${PARENT_TABLES} WHERE p.account_id = ? AND p.id = ?`;
    const [row] = await this.query<ParentRow>(accountId, sql, [accountId, providerId]);
    return row ? toParent(row) : null;
  }

  /** Finds a model and its provider's name. Does not look up the default, which a response does not need. */
  async findNamed(
    accountId: AccountId,
    providerId: string,
    id: string,
  ): Promise<{ providerName: string; model: ProviderModel } | null> {
    const sql = `SELECT m.*, p.name AS parent_name FROM providers p JOIN ${MODEL_OF_PARENT}`;
    const [row] = await this.query<ModelRow & Pick<ParentRow, 'parent_name'>>(accountId, sql, [
      accountId,
      providerId,
      id,
    ]);
    return row ? { providerName: row.parent_name, model: toModel(row) } : null;
  }

  /** Finds a model and its provider in one statement. */
  async findWithParent(
    accountId: AccountId,
    providerId: string,
    id: string,
  ): Promise<{ parent: ParentProvider; model: ProviderModel } | null> {
    const sql = `SELECT m.*, ${PARENT_COLUMNS} FROM ${PARENT_TABLES} JOIN ${MODEL_OF_PARENT}`;
    const [row] = await this.query<ModelRow & ParentRow>(accountId, sql, [accountId, providerId, id]);
    return row ? { parent: toParent(row), model: toModel(row) } : null;
  }

  async find(accountId: AccountId, providerId: string, id: string): Promise<ProviderModel | null> {
    const sql = 'SELECT * FROM provider_models WHERE account_id = ? AND provider_id = ? AND id = ?';
    const rows = await this.query<ModelRow>(accountId, sql, [accountId, providerId, id]);
    return rows[0] ? toModel(rows[0]) : null;
  }

  /** Finds a model by the {@link foldedModelKey} of its name or of an alias. */
  async findByKey(accountId: AccountId, providerId: string, key: string): Promise<ProviderModel | null> {
    const named = 'SELECT model_id FROM provider_model_names WHERE provider_id = ? AND name_key = ?';
    const sql = `SELECT * FROM provider_models WHERE account_id = ? AND provider_id = ? AND id = (${named})`;
    const rows = await this.query<ModelRow>(accountId, sql, [accountId, providerId, providerId, key]);
    return rows[0] ? toModel(rows[0]) : null;
  }

  /** Finds the next default instead of `exceptId`: the oldest model of the highest priority, an enabled one if any. */
  async findSuccessor(accountId: AccountId, providerId: string, exceptId: string): Promise<ModelName | null> {
    const sql =
      'SELECT id, model FROM provider_models WHERE account_id = ? AND provider_id = ? AND id <> ? ORDER BY enabled DESC, priority DESC, id LIMIT 1';
    const rows = await this.query<ModelName>(accountId, sql, [accountId, providerId, exceptId]);
    return rows[0] ?? null;
  }

  /** Lists the keys of the names and aliases of a provider's models, or of those that are disabled. */
  async listKeys(accountId: AccountId, providerId: string, which?: 'disabled'): Promise<Set<string>> {
    const keys = new Set<string>();
    const walk = { columns: 'aliases, enabled', size: KEYS_BATCH };
    for await (const rows of walkModels<Pick<ModelRow, 'aliases' | 'enabled'>>(
      this.unitOfWork,
      accountId,
      providerId,
      walk,
    )) {
      for (const { model_key, aliases, enabled } of rows) {
        if (which === 'disabled' && enabled) continue;
        keys.add(model_key);
        for (const alias of storedAliases(aliases) ?? []) keys.add(foldedModelKey(alias));
      }
    }
    return keys;
  }

  /** Lists the first names in the order of all lists. */
  async listNames(accountId: AccountId, providerId: string, limit: number): Promise<string[]> {
    const sql =
      'SELECT model FROM provider_models WHERE account_id = ? AND provider_id = ? ORDER BY priority DESC, id LIMIT ?';
    const rows = await this.query<{ model: string }>(accountId, sql, [accountId, providerId, limit]);
    return rows.map(({ model }) => model);
  }

  /** Throws 409 when another model of the provider has one of the names. */
  async insert(models: ProviderModel[]): Promise<void> {
    await this.translateViolations(models, async () => {
      await inBatches(models, INSERT_BATCH, (batch) =>
        insertRows(this.unitOfWork.manager, ProviderModel, batch),
      );
      await this.names.insert(models);
    });
  }

  /** Throws 409 when another model of the provider has one of the new names. */
  async update(before: ProviderModel, after: ProviderModel): Promise<void> {
    const { id, accountId } = before;
    const changes = changedColumns(before, after);
    await this.translateViolations([after], async () => {
      await updateRows(this.unitOfWork.manager, ProviderModel, { id, accountId }, changes);
      if (changes.modelKey !== undefined || changes.aliases !== undefined) await this.names.replace(after);
    });
  }

  async clearDefault(accountId: AccountId, providerId: string, updatedAt: string): Promise<void> {
    const current = { accountId, defaultOf: providerId };
    await updateRows(this.unitOfWork.manager, ProviderModel, current, { defaultOf: null, updatedAt });
  }

  async setDefault(accountId: AccountId, providerId: string, id: string, updatedAt: string): Promise<void> {
    const key = { accountId, providerId, id };
    await updateRows(this.unitOfWork.manager, ProviderModel, key, { defaultOf: providerId, updatedAt });
  }

  /** Returns false when the model no longer exists. */
  async setLearnedProtocol(accountId: AccountId, id: string, protocol: Protocol | null): Promise<boolean> {
    return (await this.rows.update({ accountId, id }, { learnedProtocol: protocol })).affected === 1;
  }

  /** Clears what was learned about an earlier endpoint. Returns false when nothing was. */
  async clearLearnedProtocols(accountId: AccountId, providerId: string): Promise<boolean> {
    const learned = { accountId, providerId, learnedProtocol: Not(IsNull()) };
    return ((await this.rows.update(learned, { learnedProtocol: null })).affected ?? 0) > 0;
  }

  async delete(accountId: AccountId, id: string): Promise<void> {
    await this.rows.delete({ accountId, id });
  }

  /** Deletes all models of a provider, batch by batch. Returns their ids, and what they counted against the quotas. */
  async deleteOfProvider(
    accountId: AccountId,
    providerId: string,
  ): Promise<{ ids: string[]; registryBytes: number }> {
    const ids: string[] = [];
    let registryBytes = 0;
    const walk = { columns: 'id, stored_bytes', size: KEYS_BATCH };
    // Reads all ids first, because MariaDB reads slowly beside rows that the same transaction has deleted.
    for await (const rows of walkModels<DeletedRow>(this.unitOfWork, accountId, providerId, walk)) {
      for (const { id, stored_bytes } of rows) {
        ids.push(id);
        registryBytes += stored_bytes;
      }
    }
    await inBatches(ids, DELETE_BATCH, (batch) => this.rows.delete({ accountId, id: In(batch) }));
    return { ids, registryBytes };
  }

  private get rows() {
    return this.unitOfWork.manager.getRepository(ProviderModel);
  }

  private query<Row>(accountId: AccountId, sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.unitOfWork.managerOf(accountId).query<Row[]>(sql, parameters);
  }

  private async translateViolations(
    models: readonly ProviderModel[],
    write: () => Promise<void>,
  ): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (isUniqueViolation(error)) throw modelConflict(await this.names.findTaken(models));
      if (isForeignKeyViolation(error)) throw noSuchProvider();
      throw error;
    }
  }
}

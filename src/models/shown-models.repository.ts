import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { byIds, placeholders } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { HEAD_COLUMNS, type ModelHead, SHOWN_COLUMNS, type ShownRow } from './shown-model';
import { walkModels } from './walk-models';

/** The place of a model in the order of all lists: higher priority first, then older. */
export interface ModelPosition {
  readonly priority: number;
  readonly id: string;
}

/** Reads models for responses. Every statement returns a bounded number of rows of bounded size. */
@Injectable()
export class ShownModelsRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Counts the models of a provider. */
  async count(accountId: AccountId, providerId: string): Promise<number> {
    const sql = 'SELECT COUNT(*) AS total FROM provider_models WHERE account_id = ? AND provider_id = ?';
    const [row] = await this.query<{ total: number | string }>(accountId, sql, [accountId, providerId]);
    return Number(row!.total);
  }

  /** Counts the models of all providers, at most `maxOfProvider` of each. Reads an index only. */
  async countShown(accountId: AccountId, maxOfProvider: number): Promise<number> {
    const counts = 'SELECT COUNT(*) AS models FROM provider_models WHERE account_id = ? GROUP BY provider_id';
    const sql = `SELECT SUM(CASE WHEN models > ? THEN ? ELSE models END) AS total FROM (${counts}) counts`;
    const [row] = await this.query<{ total: number | string | null }>(accountId, sql, [
      maxOfProvider,
      maxOfProvider,
      accountId,
    ]);
    return Number(row!.total);
  }

  /** Returns at most `limit` models of these providers, unsorted, because sorting here is faster than in the database. */
  async listHeads(accountId: AccountId, providerIds: readonly string[], limit: number): Promise<ModelHead[]> {
    if (providerIds.length === 0) return [];
    const sql = `SELECT ${HEAD_COLUMNS} FROM provider_models WHERE account_id = ? AND provider_id IN (${placeholders(providerIds)}) LIMIT ?`;
    return this.query(accountId, sql, [accountId, ...providerIds, limit]);
  }

  /** Returns the models with these ids, unsorted. */
  async listHeadsById(accountId: AccountId, ids: readonly string[]): Promise<ModelHead[]> {
    if (ids.length === 0) return [];
    const sql = `SELECT ${HEAD_COLUMNS} FROM provider_models WHERE ${byIds(ids)}`;
    return this.query(accountId, sql, [accountId, ...ids]);
  }

  /** Returns the models with these ids, with long values, unsorted. */
  async listById(accountId: AccountId, ids: readonly string[]): Promise<ShownRow[]> {
    const sql = `SELECT ${SHOWN_COLUMNS} FROM provider_models WHERE ${byIds(ids)}`;
    return this.query(accountId, sql, [accountId, ...ids]);
  }

  /** Yields the positions of all models of a provider, batch by batch. */
  walkPositions(accountId: AccountId, providerId: string): AsyncGenerator<ModelPosition[]> {
    return walkModels(this.unitOfWork, accountId, providerId, {
      columns: 'id, priority',
      size: 2000,
    });
  }

  /** Yields all models of a provider, batch by batch. */
  walkHeads(accountId: AccountId, providerId: string): AsyncGenerator<ModelHead[]> {
    return walkModels(this.unitOfWork, accountId, providerId, { columns: HEAD_COLUMNS, size: 500 });
  }

  private query<Row>(accountId: AccountId, sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.unitOfWork.managerOf(accountId).query<Row[]>(sql, parameters);
  }
}

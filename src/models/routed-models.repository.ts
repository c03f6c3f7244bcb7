import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { byIds, placeholders } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { ROUTING_COLUMNS, type RoutingRow } from './model-row';
import { walkModels } from './walk-models';

/** Ids per statement when those of all models are read. */
const IDS_BATCH = 2000;

/** Reads models for routing tables, of which one may contain 100,000. */
@Injectable()
export class RoutedModelsRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns what routing needs of these models, unsorted. */
  async listByIds(accountId: AccountId, ids: readonly string[]): Promise<RoutingRow[]> {
    if (ids.length === 0) return [];
    const sql = `SELECT ${ROUTING_COLUMNS.join(', ')} FROM provider_models WHERE ${byIds(ids)}`;
    return this.query<RoutingRow>(accountId, sql, [accountId, ...ids]);
  }

  /** Lists the ids of at most `limit` models of these providers. Unsorted. */
  async listIds(accountId: AccountId, providerIds: readonly string[], limit: number): Promise<string[]> {
    if (providerIds.length === 0) return [];
    const sql = `SELECT id FROM provider_models WHERE account_id = ? AND provider_id IN (${placeholders(providerIds)}) LIMIT ?`;
    const rows = await this.query<{ id: string }>(accountId, sql, [accountId, ...providerIds, limit]);
    return rows.map(({ id }) => id);
  }

  /** Yields the ids of the models of these providers, batch by batch, in no useful order. */
  async *walkIds(accountId: AccountId, providerIds: readonly string[]): AsyncGenerator<readonly string[]> {
    const ids = await this.listIds(accountId, providerIds, IDS_BATCH);
    if (ids.length < IDS_BATCH) {
      yield ids;
    } else if (providerIds.length > 1) {
      const half = providerIds.length >>> 1;
      yield* this.walkIds(accountId, providerIds.slice(0, half));
      yield* this.walkIds(accountId, providerIds.slice(half));
    } else {
      const walk = { columns: 'id', size: IDS_BATCH };
      for await (const rows of walkModels<{ id: string }>(
        this.unitOfWork,
        accountId,
        providerIds[0]!,
        walk,
      )) {
        yield rows.map(({ id }) => id);
      }
    }
  }

  private query<Row>(accountId: AccountId, sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.unitOfWork.managerOf(accountId).query<Row[]>(sql, parameters);
  }
}

import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { AccountId } from '../auth/caller';
import { inBatches } from '../common/batches';
import { addToCounters, findRowsWhere, insertRows, placeholders } from '../database/rows';
import { UnitOfWork } from '../database/unit-of-work';
import { ModelPrice } from './model-price.entity';

/** Rows per statement. */
const BATCH_SIZE = 500;

/** The place of a price in the list of a model's prices. */
export interface PricePosition {
  readonly validFrom: string;
  readonly id: string;
}

type SizedRow = Pick<ModelPrice, 'id' | 'storedBytes'>;

/** The price history of an account's models. */
@Injectable()
export class ModelPricesRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(prices: readonly ModelPrice[]): Promise<void> {
    await inBatches(prices, BATCH_SIZE, (batch) => insertRows(this.unitOfWork.manager, ModelPrice, batch));
  }

  /** Lists what is in force of a model: one price, or none. */
  listInForce(accountId: AccountId, modelId: string): Promise<ModelPrice[]> {
    return this.builder(accountId, modelId).andWhere('price.validUntil IS NULL').getMany();
  }

  /** Ends all prices of these models. Returns the bytes of the rows that were in force. */
  async end(accountId: AccountId, modelIds: readonly string[], at: string): Promise<number> {
    let bytes = 0;
    await inBatches(modelIds, BATCH_SIZE, async (batch) => {
      const inForce = `FROM model_prices WHERE account_id = ? AND model_id IN (${placeholders(batch)}) AND valid_until IS NULL`;
      const [row] = await this.query<{ bytes: number | string | null }>(
        `SELECT SUM(stored_bytes) AS bytes ${inForce}`,
        [accountId, ...batch],
      );
      if (row!.bytes === null) return;
      bytes += Number(row!.bytes);
      const set = inForce.replace('FROM model_prices', 'UPDATE model_prices SET valid_until = ?');
      await this.query(set, [at, accountId, ...batch]);
    });
    return bytes;
  }

  /** Adds to the bytes of the account's past prices. Returns false and changes nothing if the sum exceeds `limit`. */
  addPastBytes(accountId: AccountId, amount: number, limit: number | null): Promise<boolean> {
    const additions = [{ column: 'past_price_bytes', amount, limit }];
    return addToCounters(this.unitOfWork.manager, 'accounts', accountId, additions);
  }

  async pastBytes(accountId: AccountId): Promise<number> {
    const sql = 'SELECT past_price_bytes AS bytes FROM accounts WHERE id = ?';
    const [row] = await this.query<{ bytes: number | string }>(sql, [accountId]);
    return Number(row?.bytes ?? 0);
  }

  /** Deletes the prices that ended first, at least `bytes` of them if there are so many. Returns the bytes. */
  async deleteOldest(accountId: AccountId, bytes: number): Promise<number> {
    let deleted = 0;
    while (deleted < bytes) {
      const oldest = await this.listOldest(accountId);
      const enough = oldest.findIndex(({ storedBytes }) => (deleted += storedBytes) >= bytes);
      const ids = oldest.slice(0, enough === -1 ? undefined : enough + 1).map(({ id }) => id);
      if (ids.length > 0) await this.rows.delete({ accountId, id: In(ids) });
      if (oldest.length < BATCH_SIZE) break;
    }
    return deleted;
  }

  /** Finds the price of a model at a time, or null before its first price. */
  async findAt(accountId: AccountId, modelId: string, at: string): Promise<ModelPrice | null> {
    const condition =
      'account_id = ? AND model_id = ? AND valid_from <= ? ORDER BY valid_from DESC, id DESC LIMIT 1';
    return (await this.select(accountId, condition, [modelId, at]))[0] ?? null;
  }

  async findFirst(accountId: AccountId, modelId: string): Promise<ModelPrice | null> {
    const condition = 'account_id = ? AND model_id = ? ORDER BY valid_from, id LIMIT 1';
    return (await this.select(accountId, condition, [modelId]))[0] ?? null;
  }

  /** Returns prices newest first. `before` is the last price of the previous page. */
  list(
    accountId: AccountId,
    modelId: string,
    before: PricePosition | null,
    limit: number,
  ): Promise<ModelPrice[]> {
    const isOlder = before === null ? '' : 'AND (valid_from < ? OR (valid_from = ? AND id < ?)) ';
    const condition = `account_id = ? AND model_id = ? ${isOlder}ORDER BY valid_from DESC, id DESC LIMIT ?`;
    const position = before === null ? [] : [before.validFrom, before.validFrom, before.id];
    return this.select(accountId, condition, [modelId, ...position, limit]);
  }

  private async listOldest(accountId: AccountId): Promise<SizedRow[]> {
    const sql = `SELECT id, stored_bytes AS storedBytes FROM model_prices
      WHERE account_id = ? AND valid_until IS NOT NULL ORDER BY valid_until, id LIMIT ${BATCH_SIZE}`;
    return this.query<SizedRow>(sql, [accountId]);
  }

  private select(accountId: AccountId, condition: string, values: unknown[]): Promise<ModelPrice[]> {
    return findRowsWhere(this.unitOfWork.managerOf(accountId), ModelPrice, condition, [accountId, ...values]);
  }

  private builder(accountId: AccountId, modelId: string) {
    const where = 'price.accountId = :accountId AND price.modelId = :modelId';
    return this.rows.createQueryBuilder('price').where(where, { accountId, modelId });
  }

  private get rows() {
    return this.unitOfWork.manager.getRepository(ModelPrice);
  }

  private query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.unitOfWork.manager.query<Row[]>(sql, parameters);
  }
}

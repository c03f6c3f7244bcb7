import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { newId } from '../common/ids';
import { storedBytes } from '../common/stored-bytes';
import { timestamp } from '../common/timestamp';
import type { PriceSheet, PriceSource } from '../pricing/price-sheet';
import { isSameSheet } from '../pricing/same-prices';
import type { ModelPrice } from './model-price.entity';
import { ModelPricesRepository } from './model-prices.repository';
import type { ProviderModel } from './provider-model.entity';

/** The bytes that a row without a sheet counts. */
const ROW_BYTES = 256;

/** The most that an account's prices that are no longer in force may have. Beyond it, the oldest are deleted. */
export const MAX_PAST_BYTES = 16 * 2 ** 20;

/** What is deleted beyond the excess, so that not every write deletes. */
const SLACK_BYTES = MAX_PAST_BYTES / 16;

/** Later times have more digits and would sort before it. */
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** A price of a model at a time. */
export interface PriceAt {
  readonly price: ModelPrice;
  /** Whether the time is before the first known price, which is then taken instead. */
  readonly isAssumed: boolean;
}

/**
 * Records every change of a model's prices. Call it in the transaction of the change. Prices in force are as many as the
 * models. Past ones have a limit of their own, so that they never count against a quota that nothing could free.
 */
@Injectable()
export class PriceHistory {
  constructor(private readonly prices: ModelPricesRepository) {}

  /** Records the prices of new models that have any. */
  async start(caller: Caller, models: readonly ProviderModel[]): Promise<void> {
    const priced = models.filter(hasPrice);
    await this.prices.insert(
      priced.map((model) => toPrice(caller, model, sourceOf(model.pricing), model.createdAt)),
    );
  }

  /** Records the prices of a model if they changed. `sent` is the sheet of the request, if it has one. */
  async update(
    caller: Caller,
    before: ProviderModel,
    after: ProviderModel,
    sent: PriceSheet | null | undefined,
  ): Promise<void> {
    if (hasSamePricesAs(before, after)) return;
    const inForce = await this.prices.listInForce(caller.accountId, after.id);
    // The clock of another replica may be ahead.
    const validFrom = [after.updatedAt, ...inForce.map((price) => price.validFrom)].sort().at(-1)!;
    await this.end(caller.accountId, [after.id], validFrom);
    await this.prices.insert([toPrice(caller, after, sourceOf(sent), validFrom)]);
  }

  /** Ends the prices of deleted models. */
  async end(accountId: AccountId, modelIds: readonly string[], at: string = timestamp()): Promise<void> {
    const bytes = await this.prices.end(accountId, modelIds, at);
    if (bytes === 0 || (await this.prices.addPastBytes(accountId, bytes, MAX_PAST_BYTES))) return;
    const excess = (await this.prices.pastBytes(accountId)) + bytes - MAX_PAST_BYTES;
    const deleted = await this.prices.deleteOldest(accountId, excess + SLACK_BYTES);
    await this.prices.addPastBytes(accountId, bytes - deleted, null);
  }

  /** Finds the prices of a model at a time in epoch milliseconds. Returns null for a model that never had any. */
  async findAt(accountId: AccountId, modelId: string, at: number): Promise<PriceAt | null> {
    const time = new Date(Math.min(at, LATEST_MS)).toISOString();
    const price = await this.prices.findAt(accountId, modelId, time);
    if (price !== null) return { price, isAssumed: false };
    const first = await this.prices.findFirst(accountId, modelId);
    return first && { price: first, isAssumed: true };
  }
}

function sourceOf(sheet: PriceSheet | null | undefined): PriceSource {
  return sheet?.source ?? 'manual';
}

function hasPrice(model: ProviderModel): boolean {
  const { multiplier, ...others } = pricesOf(model);
  return multiplier !== 1 || Object.values(others).some((price) => price !== null);
}

/** A sheet that is sent again in another order is the same one. */
function hasSamePricesAs(before: ProviderModel, after: ProviderModel): boolean {
  const ratesOf = (model: ProviderModel): string => JSON.stringify({ ...pricesOf(model), pricing: null });
  return ratesOf(before) === ratesOf(after) && isSameSheet(before.pricing ?? null, after.pricing ?? null);
}

function pricesOf(model: ProviderModel) {
  const { multiplier, costPer1kInput, costPer1kOutput, costPer1kCacheWrite, costPer1kCacheRead } = model;
  const pricing = model.pricing ?? null;
  return { multiplier, costPer1kInput, costPer1kOutput, costPer1kCacheWrite, costPer1kCacheRead, pricing };
}

function toPrice(
  { accountId, tokenId, tokenName }: Caller,
  model: ProviderModel,
  source: PriceSource,
  validFrom: string,
): ModelPrice {
  return {
    id: newId(),
    accountId,
    modelId: model.id,
    validFrom,
    validUntil: null,
    ...pricesOf(model),
    source,
    tokenId,
    tokenName,
    storedBytes: ROW_BYTES + storedBytes(model.pricing, tokenName),
  };
}

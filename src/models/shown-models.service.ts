import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { compareText } from '../common/compare-text';
import { yieldIfLong } from '../common/yield-if-long';
import { listTooLarge, MAX_RESPONSE_BYTES, type ResponseBudget } from '../http/response/response-budget';
import { toModelResponse } from './dto/model.response.dto';
import { isComplete, type ModelHead, type ShownRow, toShownModel } from './shown-model';
import { type ModelPosition, ShownModelsRepository } from './shown-models.repository';

/** Maximum models that the representation of a provider shows. */
export const MAX_MODELS_OF_PROVIDER = 1000;

/** The JSON of a model without text values has more bytes than this. */
const MIN_MODEL_BYTES = 370;

/** Maximum rows of one statement. */
const MAX_ROWS = 2000;

/** Models whose long values are read with one statement, and the bytes of these values. */
const BATCH_ROWS = 200;
const BATCH_BYTES = 512 * 1024;

/** The first models of a provider in the order of all lists. */
export interface FirstModels {
  readonly heads: readonly ModelHead[];
  readonly hasMore: boolean;
}

export const NO_MODELS: FirstModels = { heads: [], hasMore: false };

export interface ModelJson extends ModelPosition {
  readonly text: string;
}

/** Reads models as responses show them, in pieces that neither block the process nor fill its memory. */
@Injectable()
export class ShownModelsService {
  constructor(private readonly models: ShownModelsRepository) {}

  /**
   * Throws 422 if the list of an account's providers, or of one provider's models, is too large whatever its rows contain.
   * Counting takes much less time than building the list up to that size.
   */
  async assertMayFit(accountId: AccountId, providerId: string | null = null): Promise<void> {
    const count =
      providerId === null
        ? await this.models.countShown(accountId, MAX_MODELS_OF_PROVIDER)
        : await this.models.count(accountId, providerId);
    if (count * MIN_MODEL_BYTES > MAX_RESPONSE_BYTES) throw listTooLarge();
  }

  /** Returns the first models of a provider, at most {@link MAX_MODELS_OF_PROVIDER}, or ends a trial of `budget`. */
  async readFirst(accountId: AccountId, providerId: string, budget: ResponseBudget): Promise<FirstModels> {
    const heads = await this.models.listHeads(accountId, [providerId], MAX_MODELS_OF_PROVIDER + 1);
    budget.expectAtLeast(minBytesOf(heads));
    if (heads.length <= MAX_MODELS_OF_PROVIDER)
      return { heads: heads.sort(comparePositions), hasMore: false };
    return {
      heads: await this.readPage(accountId, providerId, null, MAX_MODELS_OF_PROVIDER, budget),
      hasMore: true,
    };
  }

  /** Yields the first models of each provider, for a few of the providers at a time and in their order. */
  async *readFirstOfEach(
    accountId: AccountId,
    providerIds: readonly string[],
    budget: ResponseBudget,
  ): AsyncGenerator<readonly [providerId: string, models: FirstModels]> {
    if (providerIds.length === 1) {
      yield [providerIds[0]!, await this.readFirst(accountId, providerIds[0]!, budget)];
      return;
    }
    const heads = await this.models.listHeads(accountId, providerIds, MAX_ROWS + 1);
    budget.expectAtLeast(minBytesOf(heads));
    if (heads.length > MAX_ROWS) {
      const middle = providerIds.length >> 1;
      yield* this.readFirstOfEach(accountId, providerIds.slice(0, middle), budget);
      yield* this.readFirstOfEach(accountId, providerIds.slice(middle), budget);
      return;
    }
    const byProvider = new Map<string, ModelHead[]>(providerIds.map((id) => [id, []]));
    for (const head of heads) byProvider.get(head.provider_id)!.push(head);
    for (const id of providerIds) {
      const own = byProvider.get(id)!.sort(comparePositions);
      const hasMore = own.length > MAX_MODELS_OF_PROVIDER;
      yield [id, { heads: own.slice(0, MAX_MODELS_OF_PROVIDER), hasMore }];
    }
  }

  /** Returns the first `limit` models after a position. */
  async readPage(
    accountId: AccountId,
    providerId: string,
    after: ModelPosition | null,
    limit: number,
    budget: ResponseBudget,
  ): Promise<ModelHead[]> {
    let first: ModelPosition[] = [];
    for await (const batch of this.models.walkPositions(accountId, providerId)) {
      budget.assertWanted();
      const later =
        after === null ? batch : batch.filter((position) => comparePositions(position, after) > 0);
      first = [...first, ...later].sort(comparePositions).slice(0, limit);
    }
    const heads = await this.models.listHeadsById(
      accountId,
      first.map(({ id }) => id),
    );
    budget.expectAtLeast(minBytesOf(heads));
    return heads.sort(comparePositions);
  }

  /** Yields the JSON of all models of a provider, unsorted. */
  async *readAll(
    accountId: AccountId,
    { id, name }: { id: string; name: string },
  ): AsyncGenerator<ModelJson[]> {
    for await (const heads of this.models.walkHeads(accountId, id)) {
      yield* this.toJson(accountId, heads, name);
    }
  }

  /** Yields the JSON of each model in the order of `heads`. Reads long values shortly before. */
  async *toJson(
    accountId: AccountId,
    heads: Iterable<ModelHead>,
    providerName: string,
  ): AsyncGenerator<ModelJson[]> {
    for (const batch of batchesOf(heads)) {
      const long = batch.filter((head) => !isComplete(head)).map(({ id }) => id);
      const rows = long.length === 0 ? [] : await this.models.listById(accountId, long);
      const byId = new Map<string, ShownRow>(rows.map((row) => [row.id, row]));
      yield batch.flatMap((head) => {
        const row = isComplete(head) ? head : byId.get(head.id);
        if (row === undefined) return [];
        const text = JSON.stringify(toModelResponse(toShownModel(row), providerName));
        return [{ id: head.id, priority: head.priority, text }];
      });
      await yieldIfLong();
    }
  }
}

/** The bytes that the JSON of these models has at least. */
function minBytesOf(heads: readonly ModelHead[]): number {
  return heads.reduce((sum, { json_bytes }) => sum + MIN_MODEL_BYTES + Number(json_bytes), 0);
}

/** A batch has at most {@link BATCH_ROWS} rows, and at most {@link BATCH_BYTES} beyond its first row. */
function* batchesOf(heads: Iterable<ModelHead>): Generator<ModelHead[]> {
  let batch: ModelHead[] = [];
  let bytes = 0;
  for (const head of heads) {
    const size = Number(head.json_bytes);
    if (batch.length === BATCH_ROWS || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(head);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

export function comparePositions(a: ModelPosition, b: ModelPosition): number {
  return b.priority - a.priority || compareText(a.id, b.id);
}

import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import type { PageQuery } from '../common/pagination';
import { sortInSlices } from '../common/sort-in-slices';
import { yieldIfLong } from '../common/yield-if-long';
import { CursorService } from '../crypto/cursor.service';
import { UnitOfWork } from '../database/unit-of-work';
import type { Requester } from '../http/response/build-queue';
import { HttpResponse } from '../http/response/http-response';
import { type EncodedJson, JsonWriter } from '../http/response/json-writer';
import { LargeResponses } from '../http/response/large-responses';
import { ResponseBudget } from '../http/response/response-budget';
import { ModelRepricing } from '../models/model-repricing';
import type { ModelPosition } from '../models/shown-models.repository';
import { comparePositions, type ModelJson } from '../models/shown-models.service';
import { RevisionTracker } from '../registry/revision-tracker';
import { comparePrices } from './price-difference';
import { type SuggestPrices, TodayPrices } from './today-prices';

/** A part of a provider's price check. */
interface CheckedPart {
  readonly accountId: AccountId;
  readonly providerId: string;
  readonly after: ModelPosition | null;
  /** Null: all. */
  readonly limit: number | null;
}

/** `GET /v1/llm-providers/{id}/price-check`. Changes nothing. */
@Injectable()
export class PriceCheckService {
  private readonly large = new LargeResponses();

  constructor(
    private readonly today: TodayPrices,
    private readonly models: ModelRepricing,
    private readonly revisions: RevisionTracker,
    private readonly cursors: CursorService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Throws 503 when the database has not reached `minRevision`, and 422 when the list is too large. */
  async check(
    caller: Caller & Requester,
    providerId: string,
    { limit, cursor }: PageQuery,
    minRevision: number,
  ): Promise<HttpResponse> {
    const { accountId } = caller;
    await this.revisions.assertReached(accountId, minRevision);
    const scope = ['price-check', accountId, providerId];
    const [priority, id] = cursor === null ? [] : this.cursors.decode(scope, cursor);
    const after = id === undefined ? null : { priority: Number(priority), id: String(id) };
    const suggest = await this.today.load(caller, providerId);
    const part = { accountId, providerId, after, limit };
    return this.large.run(caller, JSON.stringify([providerId, after, limit]), (budget) =>
      this.unitOfWork.read(async () => {
        const items = await this.listDifferences(part, suggest, budget);
        const page = limit === null ? items : items.slice(0, limit);
        const last = page.at(-1);
        const next = last && items.length > page.length ? [last.priority, last.id] : null;
        return HttpResponse.of(await encode(page), {}, next && this.cursors.encode(scope, next));
      }, accountId),
    );
  }

  /** Returns the strong validator of the whole check. Call it in a transaction. */
  async etagOfWhole(accountId: AccountId, providerId: string, suggest: SuggestPrices): Promise<string> {
    const part = { accountId, providerId, after: null, limit: null };
    return (await encode(await this.listDifferences(part, suggest, ResponseBudget.full()))).etag;
  }

  /** Returns the sorted differences of a part, and one more if there are more. */
  private async listDifferences(
    { accountId, providerId, after, limit }: CheckedPart,
    suggest: SuggestPrices,
    budget: ResponseBudget,
  ): Promise<readonly ModelJson[]> {
    let found: ModelJson[] = [];
    for await (const batch of this.models.walk(accountId, providerId)) {
      for (const model of batch) {
        await yieldIfLong();
        budget.assertWanted();
        if (after !== null && comparePositions(model, after) <= 0) continue;
        const suggested = suggest(model);
        const difference = suggested && comparePrices(model, suggested);
        if (difference === null) continue;
        const text = JSON.stringify(difference);
        if (limit === null) budget.takeOrReject(Buffer.byteLength(text) + 1);
        found.push({ id: model.id, priority: model.priority, text });
      }
      if (limit !== null) found = found.sort(comparePositions).slice(0, limit + 1);
    }
    if (limit !== null) for (const { text } of found) budget.takeOrReject(Buffer.byteLength(text) + 1);
    return sortInSlices(found, comparePositions);
  }
}

async function encode(items: readonly ModelJson[]): Promise<EncodedJson> {
  const writer = new JsonWriter();
  writer.write('{"data":[');
  for (const [index, { text }] of items.entries()) {
    writer.write(index === 0 ? text : `,${text}`);
    await yieldIfLong();
  }
  writer.write(']}');
  return writer.end();
}

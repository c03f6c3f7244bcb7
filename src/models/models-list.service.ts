import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { isId } from '../common/ids';
import type { PageQuery } from '../common/pagination';
import { sortInSlices } from '../common/sort-in-slices';
import { yieldIfLong } from '../common/yield-if-long';
import { CursorService } from '../crypto/cursor.service';
import { UnitOfWork } from '../database/unit-of-work';
import type { Requester } from '../http/response/build-queue';
import { HttpResponse } from '../http/response/http-response';
import { JsonArrayWriter } from '../http/response/json-writer';
import { LargeResponses } from '../http/response/large-responses';
import type { ResponseBudget } from '../http/response/response-budget';
import { RevisionTracker } from '../registry/revision-tracker';
import { noSuchProvider } from './model.errors';
import { ModelsRepository, type ParentProvider } from './models.repository';
import type { ModelPosition } from './shown-models.repository';
import { comparePositions, type ModelJson, NO_MODELS, ShownModelsService } from './shown-models.service';

/** A part of a provider's list of models. */
interface ListedPart {
  readonly accountId: AccountId;
  readonly providerId: string;
  readonly after: ModelPosition | null;
  readonly limit: number | null;
}

/** `GET /v1/llm-providers/{id}/models`. */
@Injectable()
export class ModelsListService {
  private readonly large = new LargeResponses();

  constructor(
    private readonly models: ModelsRepository,
    private readonly shown: ShownModelsService,
    private readonly revisions: RevisionTracker,
    private readonly cursors: CursorService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Throws 503 when the database has not reached `minRevision`, and 422 when the list is too large. */
  async list(
    caller: Caller & Requester,
    providerId: string,
    { limit, cursor }: PageQuery,
    minRevision: number,
  ): Promise<HttpResponse> {
    const { accountId } = caller;
    await this.revisions.assertReached(accountId, minRevision);
    const [priority, id] = cursor === null ? [] : this.cursors.decode(scopeOf(accountId, providerId), cursor);
    const after = id === undefined ? null : { priority: Number(priority), id: String(id) };
    const part = { accountId, providerId, after, limit };
    return this.large.run(caller, JSON.stringify([providerId, after, limit]), (budget) => {
      const build = () =>
        limit === null ? this.buildWhole(part, budget) : this.buildPage(part, limit, budget);
      // A small list is one statement, which needs no transaction.
      return budget.isTrial ? build() : this.unitOfWork.read(build, accountId);
    });
  }

  private async buildPage(
    { accountId, providerId, after }: ListedPart,
    limit: number,
    budget: ResponseBudget,
  ): Promise<HttpResponse> {
    // Both queries run concurrently when the pool has two free connections.
    const [parent, heads] = await Promise.all([
      this.getParent(accountId, providerId),
      isId(providerId) ? this.shown.readPage(accountId, providerId, after, limit + 1, budget) : [],
    ]);
    const writer = new JsonArrayWriter();
    let last: ModelPosition | null = null;
    let isCut = false;
    for await (const batch of this.shown.toJson(accountId, heads.slice(0, limit), parent.name)) {
      for (const { text, ...position } of batch) {
        isCut = !budget.take(Buffer.byteLength(text)) && last !== null;
        if (isCut) break;
        writer.add(text);
        last = position;
      }
      if (isCut) break;
    }
    const hasMore = isCut || heads.length > limit;
    return HttpResponse.of(writer.end(), {}, hasMore && last ? this.cursorOf(parent, accountId, last) : null);
  }

  /** A trial reads the first models. What it finds to be larger comes in batches, which are unsorted. */
  private async buildWhole(part: ListedPart, budget: ResponseBudget): Promise<HttpResponse> {
    const { accountId, providerId, after } = part;
    const [parent, first] = await Promise.all([
      this.getParent(accountId, providerId),
      budget.isTrial && isId(providerId) ? this.shown.readFirst(accountId, providerId, budget) : NO_MODELS,
    ]);
    if (!budget.isTrial && after === null) await this.shown.assertMayFit(accountId, providerId);
    const batches = budget.isTrial
      ? this.shown.toJson(accountId, first.heads, parent.name)
      : this.shown.readAll(accountId, parent);
    const items: ModelJson[] = [];
    for await (const batch of batches) {
      for (const item of batch) {
        if (after !== null && comparePositions(item, after) <= 0) continue;
        budget.takeOrReject(Buffer.byteLength(item.text) + 1);
        items.push(item);
      }
    }
    const writer = new JsonArrayWriter();
    for (const { text } of await sortInSlices(items, comparePositions)) {
      writer.add(text);
      await yieldIfLong();
    }
    return HttpResponse.of(writer.end());
  }

  private async getParent(accountId: AccountId, providerId: string): Promise<ParentProvider> {
    const parent = isId(providerId) ? await this.models.findParent(accountId, providerId) : null;
    if (!parent) throw noSuchProvider();
    return parent;
  }

  private cursorOf(parent: ParentProvider, accountId: AccountId, { priority, id }: ModelPosition): string {
    return this.cursors.encode(scopeOf(accountId, parent.id), [priority, id]);
  }
}

function scopeOf(accountId: AccountId, providerId: string): string[] {
  return ['models', accountId, providerId];
}

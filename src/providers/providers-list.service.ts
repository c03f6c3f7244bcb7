import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { compareText } from '../common/compare-text';
import { identityKey } from '../common/identity-key';
import type { PageQuery } from '../common/pagination';
import { normaliseName } from '../common/text-rules';
import { CursorService } from '../crypto/cursor.service';
import { UnitOfWork } from '../database/unit-of-work';
import type { Requester } from '../http/response/build-queue';
import { HttpResponse } from '../http/response/http-response';
import { byteLengthOf, JsonArrayWriter } from '../http/response/json-writer';
import { LargeResponses } from '../http/response/large-responses';
import { isListTooLarge, type ResponseBudget } from '../http/response/response-budget';
import { type BuiltResponse, ResponseCache } from '../http/response/response-cache';
import { ShownModelsService } from '../models/shown-models.service';
import { assertReached, revisionHeader } from '../registry/revision-header';
import { RevisionTracker } from '../registry/revision-tracker';
import type { ProviderKind } from '../upstream/base-url';
import { NO_FILTER, type ProviderFilter, ProvidersRepository } from './providers.repository';
import { ShownProvidersService } from './shown-providers.service';

/** Providers whose rows are in memory together. A row may have more than 100 KiB. */
const BATCH_SIZE = 100;

export interface ProvidersQuery extends PageQuery {
  readonly provider: ProviderKind | null;
  readonly name: string | null;
  readonly enabled: boolean | null;
}

/** A provider's JSON in pieces. */
interface ShownProvider {
  readonly id: string;
  readonly pieces: readonly string[];
}

/**
 * `GET /v1/llm-providers`. The full list is cached until the revision in the database changes, so it is as current as
 * a list that is read each time. Pages and filtered lists come from the database.
 */
@Injectable()
export class ProvidersListService {
  private readonly fullLists = new ResponseCache();
  private readonly large = new LargeResponses();

  constructor(
    private readonly providers: ProvidersRepository,
    private readonly shown: ShownProvidersService,
    private readonly models: ShownModelsService,
    private readonly revisions: RevisionTracker,
    private readonly cursors: CursorService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Throws 503 when the database has not reached `minRevision`, and 422 when a list without `limit` is too large. */
  async list(caller: Caller & Requester, query: ProvidersQuery, minRevision: number): Promise<HttpResponse> {
    const { accountId } = caller;
    const { provider, name, enabled, limit, cursor } = query;
    await this.revisions.assertPlausible(accountId, minRevision);
    const isFullList = [provider, name, enabled, limit, cursor].every((part) => part === null);
    if (isFullList) return this.fullList(accountId, minRevision);
    const nameKey = name === null ? null : identityKey(normaliseName(name));
    // A list without `enabled` has the cursors of older versions.
    const flag = enabled === null ? [] : [String(enabled)];
    const scope = ['providers', accountId, provider ?? '', nameKey ?? '', ...flag];
    const after = cursor === null ? null : String(this.cursors.decode(scope, cursor)[0]);
    const filter = { provider, nameKey, enabled, after, limit };
    if (minRevision > this.revisions.latestKnown(accountId))
      await this.revisions.assertReached(accountId, minRevision);
    const { revision, response } = await this.large.run(caller, JSON.stringify(filter), (budget) =>
      // One snapshot, so that the revision, the providers and their models belong together.
      this.unitOfWork.read(async () => {
        budget.assertWanted();
        const revision = await this.revisions.read(accountId);
        const { writer, nextAfter } = await this.write(accountId, filter, budget);
        const nextCursor = nextAfter === null ? null : this.cursors.encode(scope, [nextAfter]);
        return { revision, response: HttpResponse.of(writer.end(), revisionHeader(revision), nextCursor) };
      }, accountId),
    );
    // The response may be shared with requests for earlier revisions, and another node may have sent it.
    assertReached(revision, minRevision);
    return response;
  }

  private async fullList(accountId: AccountId, minRevision: number): Promise<HttpResponse> {
    const revision = await this.revisions.readShared(accountId);
    assertReached(revision, minRevision);
    const { version, response } = await this.fullLists.get(accountId, [revision], () =>
      this.large.runForCache(accountId, (budget) => this.buildFullList(accountId, budget)),
    );
    assertReached(version[0]!, revision);
    return response;
  }

  private buildFullList(accountId: AccountId, budget: ResponseBudget): Promise<BuiltResponse> {
    // One snapshot, so that the revision and the rows belong together.
    return this.unitOfWork.read(async () => {
      const revision = await this.revisions.read(accountId);
      const built = { version: [revision], headers: revisionHeader(revision) };
      try {
        if (!budget.isTrial) await this.models.assertMayFit(accountId);
        const { writer } = await this.write(accountId, NO_FILTER, budget);
        return { ...built, json: writer.end() };
      } catch (error) {
        if (!isListTooLarge(error)) throw error;
        return { ...built, json: error };
      }
    }, accountId);
  }

  /** Writes a page, or all providers without `limit`. `nextAfter` is the last id if there are more. */
  private async write(
    accountId: AccountId,
    filter: ProviderFilter,
    budget: ResponseBudget,
  ): Promise<{ writer: JsonArrayWriter; nextAfter: string | null }> {
    const { limit } = filter;
    const ids = await this.providers.listIds(accountId, {
      ...filter,
      limit: limit === null ? null : limit + 1,
    });
    const writer = new JsonArrayWriter();
    let last: string | null = null;
    for await (const { id, pieces } of this.walk(accountId, ids.slice(0, limit ?? undefined), budget)) {
      const bytes = byteLengthOf(pieces) + 1;
      if (limit === null) budget.takeOrReject(bytes);
      else if (!budget.take(bytes) && last !== null) return { writer, nextAfter: last };
      writer.add(...pieces);
      last = id;
    }
    return { writer, nextAfter: limit !== null && ids.length > limit ? last : null };
  }

  private async *walk(
    accountId: AccountId,
    ids: readonly string[],
    budget: ResponseBudget,
  ): AsyncGenerator<ShownProvider> {
    for (let start = 0; start < ids.length; start += BATCH_SIZE) {
      const rows = await this.providers.listByIds(accountId, ids.slice(start, start + BATCH_SIZE));
      const providers = new Map(rows.sort((a, b) => compareText(a.id, b.id)).map((row) => [row.id, row]));
      for await (const [id, first] of this.models.readFirstOfEach(accountId, [...providers.keys()], budget)) {
        yield { id, pieces: await this.shown.toJson(providers.get(id)!, first, budget.forItem()) };
      }
    }
  }
}

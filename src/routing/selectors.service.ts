import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { compareText } from '../common/compare-text';
import { Page, pageOf, type PageQuery } from '../common/pagination';
import { sortInSlices } from '../common/sort-in-slices';
import { yieldIfLong } from '../common/yield-if-long';
import { CursorService } from '../crypto/cursor.service';
import { ModelCapabilities } from '../discovery/model-capabilities';
import type { Requester } from '../http/response/build-queue';
import { HttpResponse } from '../http/response/http-response';
import { type EncodedJson, JsonArrayWriter } from '../http/response/json-writer';
import { LargeResponses } from '../http/response/large-responses';
import {
  isListTooLarge,
  listTooLarge,
  MAX_RESPONSE_BYTES,
  type ResponseBudget,
} from '../http/response/response-budget';
import { type BuiltResponse, ResponseCache } from '../http/response/response-cache';
import { assertReached, revisionHeader } from '../registry/revision-header';
import type { SelectorResponse } from './dto/selector.response.dto';
import type { Candidate } from './engine/model/candidate';
import type { RoutingTable } from './engine/routing-table';
import { RoutingTableStore } from './routing-table-store';

/** The JSON of a selector without text values has more bytes than this. */
const MIN_SELECTOR_BYTES = 170;

interface SelectorList {
  readonly revision: number;
  readonly candidates: Promise<readonly Candidate[]>;
}

interface ListAtRevision {
  readonly revision: number;
  readonly response: HttpResponse;
}

/** Lists what a model picker offers. */
@Injectable()
export class SelectorsService {
  /** The sorted candidates of a table, per revision. */
  private readonly lists = new WeakMap<RoutingTable, SelectorList>();
  private readonly fullLists = new ResponseCache();
  private readonly large = new LargeResponses();

  constructor(
    private readonly tables: RoutingTableStore,
    private readonly capabilities: ModelCapabilities,
    private readonly cursors: CursorService,
  ) {}

  /** Returns a page of `SelectorResponse`. Throws 422 when a list without `limit` is too large. */
  async list(
    caller: Caller & Requester,
    { limit, cursor }: PageQuery,
    minRevision: number,
  ): Promise<HttpResponse> {
    const { accountId } = caller;
    const scope = ['selectors', accountId];
    const after = cursor === null ? null : toPosition(this.cursors.decode(scope, cursor));
    const table = await this.tables.current(accountId, minRevision);
    if (limit === null) {
      const { revision, response } =
        after === null
          ? await this.fullList(accountId, table.revision)
          : await this.large.run(caller, JSON.stringify(after), (budget) =>
              this.buildRest(accountId, after, budget),
            );
      // The response may be shared with requests for earlier revisions.
      assertReached(revision, minRevision);
      return response;
    }
    const { revision, candidates } = await this.listFor(table);
    const start = after === null ? 0 : firstAfter(candidates, after);
    const rows = candidates.slice(start, start + limit + 1);
    const page = pageOf(rows, limit, (last) => this.cursors.encode(scope, [...positionOf(last)]));
    const items: SelectorResponse[] = [];
    for (const candidate of page.items) {
      await yieldIfLong();
      items.push(this.toResponse(accountId, candidate));
    }
    return new HttpResponse(new Page(items, page.nextCursor), revisionHeader(revision));
  }

  private async fullList(accountId: AccountId, revision: number): Promise<ListAtRevision> {
    const wanted = [revision, this.capabilities.versionFor(accountId)];
    const { version, response } = await this.fullLists.get(accountId, wanted, () =>
      this.large.runForCache(accountId, (budget) => this.buildFullList(accountId, budget)),
    );
    return { revision: version[0]!, response };
  }

  /** Gets the table again, because this may have waited for another build. */
  private async buildFullList(accountId: AccountId, budget: ResponseBudget): Promise<BuiltResponse> {
    const { revision, candidates } = await this.listFor(await this.tables.current(accountId, 0));
    const built = {
      version: [revision, this.capabilities.versionFor(accountId)],
      headers: revisionHeader(revision),
    };
    try {
      return { ...built, json: await this.write(accountId, candidates, budget) };
    } catch (error) {
      if (!isListTooLarge(error)) throw error;
      return { ...built, json: error };
    }
  }

  private async buildRest(
    accountId: AccountId,
    after: Position,
    budget: ResponseBudget,
  ): Promise<ListAtRevision> {
    const { revision, candidates } = await this.listFor(await this.tables.current(accountId, 0));
    const json = await this.write(accountId, candidates.slice(firstAfter(candidates, after)), budget);
    return { revision, response: HttpResponse.of(json, revisionHeader(revision)) };
  }

  private async write(
    accountId: AccountId,
    candidates: readonly Candidate[],
    budget: ResponseBudget,
  ): Promise<EncodedJson> {
    if (candidates.length * MIN_SELECTOR_BYTES > MAX_RESPONSE_BYTES) throw listTooLarge();
    const writer = new JsonArrayWriter();
    for (const candidate of candidates) {
      const text = JSON.stringify(this.toResponse(accountId, candidate));
      budget.takeOrReject(Buffer.byteLength(text) + 1);
      writer.add(text);
      await yieldIfLong();
    }
    return writer.end();
  }

  private toResponse(accountId: AccountId, { selector, provider, model }: Candidate): SelectorResponse {
    return {
      selector,
      provider: provider.kind,
      provider_id: provider.id,
      model: model.model,
      aliases: model.aliases,
      model_id: model.id,
      is_default: model.isDefault,
      tags: model.tags,
      ...this.capabilities.find(accountId, provider, model.model),
    };
  }

  private async listFor(
    table: RoutingTable,
  ): Promise<{ readonly revision: number; readonly candidates: readonly Candidate[] }> {
    let list = this.lists.get(table);
    if (list?.revision !== table.revision) {
      // Taken without a pause, because the table may change during one.
      const selectable = table.selectable();
      list = { revision: table.revision, candidates: sortInSlices(selectable, compareCandidates) };
      this.lists.set(table, list);
    }
    return { revision: list.revision, candidates: await list.candidates };
  }
}

/** The position of a candidate in the list, as encoded in a cursor. */
type Position = readonly [providerId: string, priority: number, modelId: string];

function positionOf({ model }: Candidate): Position {
  return [model.providerId, model.priority, model.id];
}

function toPosition([providerId, priority, modelId]: readonly (string | number)[]): Position {
  return [String(providerId), Number(priority), String(modelId)];
}

function compareCandidates(one: Candidate, other: Candidate): number {
  return comparePositions(positionOf(one), positionOf(other));
}

/** Ids are UUIDv7, so their text sorts by age. */
function comparePositions(
  [providerId, priority, id]: Position,
  [otherProviderId, otherPriority, otherId]: Position,
): number {
  return compareText(providerId, otherProviderId) || otherPriority - priority || compareText(id, otherId);
}

/** Returns the index of the first candidate after a position, by binary search. */
function firstAfter(candidates: readonly Candidate[], after: Position): number {
  let [low, high] = [0, candidates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePositions(positionOf(candidates[middle]!), after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

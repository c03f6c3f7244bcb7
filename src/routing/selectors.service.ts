import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { jsonArray } from '../common/batches';
import { compareText } from '../common/compare-text';
import { mapPage, pageOf, type PageQuery } from '../common/pagination';
import { CursorService } from '../crypto/cursor.service';
import { ModelCapabilities } from '../discovery/model-capabilities';
import { HttpResponse } from '../http/response/http-response';
import { type BuiltResponse, ResponseCache } from '../http/response/response-cache';
import { revisionHeader } from '../registry/revision-header';
import type { SelectorResponse } from './dto/selector.response.dto';
import type { Candidate } from './engine/model/candidate';
import type { RoutingTable } from './engine/routing-table';
import { RoutingTableStore } from './routing-table-store';

/** Yield to the event loop after this many models. */
const BATCH_SIZE = 100;

interface SelectorList {
  readonly revision: number;
  readonly candidates: readonly Candidate[];
}

/** Lists what a model picker offers. */
@Injectable()
export class SelectorsService {
  /** The sorted candidates of a table, per revision. */
  private readonly lists = new WeakMap<RoutingTable, SelectorList>();
  private readonly fullLists = new ResponseCache();

  constructor(
    private readonly tables: RoutingTableStore,
    private readonly capabilities: ModelCapabilities,
    private readonly cursors: CursorService,
  ) {}

  /** Returns a page of `SelectorResponse`. */
  async list(
    { accountId }: Caller,
    { limit, cursor }: PageQuery,
    minRevision: number,
  ): Promise<HttpResponse> {
    const table = await this.tables.current(accountId, minRevision);
    if (limit === null && cursor === null) return this.fullList(accountId, table.revision, minRevision);
    const { revision, candidates } = this.listFor(table);
    const scope = ['selectors', accountId];
    const after = cursor === null ? null : toPosition(this.cursors.decode(scope, cursor));
    const start = after === null ? 0 : firstAfter(candidates, after);
    const rows = candidates.slice(start, limit === null ? undefined : start + limit + 1);
    const page = pageOf(rows, limit, (last) => this.cursors.encode(scope, [...positionOf(last)]));
    return new HttpResponse(
      mapPage(page, (candidate) => this.toResponse(candidate)),
      revisionHeader(revision),
    );
  }

  private async fullList(accountId: AccountId, revision: number, minRevision: number): Promise<HttpResponse> {
    const version = [revision, this.capabilities.version];
    const { response } = await this.fullLists.get(accountId, version, () =>
      this.buildFullList(accountId, minRevision),
    );
    return response;
  }

  /** Gets the table again, because this may have waited for another build. */
  private async buildFullList(accountId: AccountId, minRevision: number): Promise<BuiltResponse> {
    const { revision, candidates } = this.listFor(await this.tables.current(accountId, minRevision));
    const version = [revision, this.capabilities.version];
    const body = await jsonArray(candidates, BATCH_SIZE, (candidate) => this.toResponse(candidate));
    return { version, body, headers: revisionHeader(revision) };
  }

  private toResponse({ selector, provider, model }: Candidate): SelectorResponse {
    return {
      selector,
      provider: provider.kind,
      provider_id: provider.id,
      model: model.model,
      model_id: model.id,
      is_default: model.isDefault,
      tags: model.tags,
      ...this.capabilities.find(provider, model.model),
    };
  }

  private listFor(table: RoutingTable): SelectorList {
    let list = this.lists.get(table);
    if (list?.revision !== table.revision) {
      const usable = [...table.all()].filter(({ provider }) => provider.usable);
      list = { revision: table.revision, candidates: usable.sort(compareCandidates) };
      this.lists.set(table, list);
    }
    return list;
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

/** Ids are UUIDv7, so their text sorts by age. */
function compareCandidates({ model: one }: Candidate, { model: other }: Candidate): number {
  return (
    compareText(one.providerId, other.providerId) ||
    other.priority - one.priority ||
    compareText(one.id, other.id)
  );
}

function firstAfter(candidates: readonly Candidate[], after: Position): number {
  const [providerId, priority, id] = after;
  const index = candidates.findIndex(
    ({ model }) =>
      (compareText(model.providerId, providerId) || priority - model.priority || compareText(model.id, id)) >
      0,
  );
  return index === -1 ? candidates.length : index;
}

import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { invalidField } from '../common/domain-error';
import { HttpResponse, SerializedJson } from '../http/response/http-response';
import { warningsOf } from '../models/dto/rule-warning.response.dto';
import { revisionHeader } from '../registry/revision-header';
import { parseSelector, type Selector } from '../selectors/selector';
import { AccountTimeLimit } from './account-time-limit';
import { BoundedJsonList } from './bounded-json-list';
import type { CheckRuleRequest, ResolveRequest } from './dto/resolve.dto';
import type { CheckRuleResponse } from './dto/resolve.response.dto';
import { explain } from './engine/explain/explain';
import { noRoute } from './engine/explain/no-route';
import type { Resolution } from './engine/resolution';
import { resolve as resolveSelectors } from './engine/resolve';
import type { RoutingTable } from './engine/routing-table';
import { RuleEvaluator } from './engine/rules/rule-evaluator';
import { RouteJsonCache } from './route-json-cache';
import { RoutingTableStore } from './routing-table-store';

const EMPTY_CONTEXT = {};

/** Used without `max_fallbacks`, because few callers try more. */
const DEFAULT_FALLBACKS = 100;

/** Resolves selectors to upstreams in a context. */
@Injectable()
export class ResolveService {
  constructor(
    private readonly tables: RoutingTableStore,
    private readonly routeJson: RouteJsonCache,
    private readonly timeLimit: AccountTimeLimit,
  ) {}

  /** Returns a `ResolveResponse`. Throws 404 `routing.no_route` without a candidate, 422 for an invalid selector, or 429. */
  resolve(
    { accountId }: Caller,
    request: ResolveRequest,
    minRevision: number,
  ): HttpResponse | Promise<HttpResponse> {
    const isSlow = this.timeLimit.isSlow(accountId);
    const table = isSlow ? null : this.tables.currentInMemory(accountId, minRevision);
    if (table === null) return this.resolveInTurn(accountId, request, minRevision);
    return this.timeLimit.run(accountId, () => this.resolveFrom(table, request));
  }

  /** Tests a rule without saving it. Throws 422 `routing.too_costly`. */
  async check({ accountId }: Caller, { when, context }: CheckRuleRequest): Promise<CheckRuleResponse> {
    await this.timeLimit.takeTurn(accountId);
    const reason = this.timeLimit.run(accountId, () => new RuleEvaluator(context).check(when));
    return { matched: reason === null, reason, ...warningsOf(when) };
  }

  private async resolveInTurn(
    accountId: AccountId,
    request: ResolveRequest,
    minRevision: number,
  ): Promise<HttpResponse> {
    await this.timeLimit.takeTurn(accountId);
    const table = await this.tables.current(accountId, minRevision);
    return this.timeLimit.run(accountId, () => this.resolveFrom(table, request));
  }

  private resolveFrom(table: RoutingTable, request: ResolveRequest): HttpResponse {
    const { context = EMPTY_CONTEXT, max_fallbacks: maxFallbacks = DEFAULT_FALLBACKS } = request;
    const selectors = selectorsOf(request, table);
    const resolution = resolveSelectors(table, selectors, context);
    if (resolution.selected === null) throw noRoute(table, selectors, resolution);
    const { revision } = resolution;
    const selected = this.routeJson.jsonFor(resolution.selected).text;
    const fallbacks = this.fallbacksJson(resolution, maxFallbacks);
    const explanation = request.explain ? explanationJson(explain(table, selectors, resolution)) : '';
    const json = `{"revision":${revision},"selected":${selected}${fallbacks}${explanation}}`;
    return new HttpResponse(new SerializedJson(json), revisionHeader(revision));
  }

  private fallbacksJson(resolution: Resolution, maximum: number): string {
    const fallbacks = new BoundedJsonList();
    for (let index = 1; index <= maximum; index++) {
      const candidate = resolution.at(index);
      if (candidate === null) break;
      const { text, bytes } = this.routeJson.jsonFor(candidate);
      if (!fallbacks.add(text, bytes)) break;
    }
    return `,"fallbacks":${fallbacks.text},"fallbacks_truncated":${fallbacks.isTruncated}`;
  }
}

/** An empty list counts as absent beside `selector`, because some generated clients always send one. */
function selectorsOf({ selector, selectors }: ResolveRequest, table: RoutingTable): Selector[] {
  const providerNames = () => table.providerNames();
  if (selectors === undefined || (selectors.length === 0 && selector !== undefined))
    return [parseSelector(selector ?? 'auto', '/selector', providerNames)];
  if (selector !== undefined) {
    throw invalidField('/selectors', 'one_of', 'Send selector or selectors, not both.');
  }
  if (selectors.length === 0) throw invalidField('/selectors', 'length', 'Must have at least one selector.');
  return selectors.map((text, index) => parseSelector(text, `/selectors/${index}`, providerNames));
}

/** The last fields of a `ResolveResponse`. */
function explanationJson({ considered, isTruncated }: ReturnType<typeof explain>): string {
  const list = new BoundedJsonList();
  for (const each of considered) {
    const text = JSON.stringify(each);
    if (!list.add(text, Buffer.byteLength(text))) break;
  }
  return `,"considered":${list.text},"considered_truncated":${isTruncated || list.isTruncated}`;
}

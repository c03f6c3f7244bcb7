import { Injectable } from '@nestjs/common';
import type { AccountId, Principal } from '../../auth/caller';
import { yieldIfLong } from '../../common/yield-if-long';
import { ModelCapabilities } from '../../discovery/model-capabilities';
import { JsonWriter } from '../../http/response/json-writer';
import { isListTooLarge, listTooLarge, MAX_RESPONSE_BYTES } from '../../http/response/response-budget';
import { type BuiltResponse, ResponseCache } from '../../http/response/response-cache';
import type { RoutingTable } from '../../routing/engine/routing-table';
import { RoutingTableStore } from '../../routing/routing-table-store';
import { GatewayError } from '../dialect/gateway-error';
import { findListedModel } from './find-listed-model';
import { type ListedPart, listModels } from './list-models';
import { type ListedModel, toAnthropicModel, toOpenaiModel } from './listed-model';
import { type ModelsPage, parseModelsQuery, unknownPosition, WHOLE_PAGE } from './models-query';

/** A request for the list of models, or for one of them. */
export interface ModelsRequestParts {
  readonly caller: Principal;
  readonly query: URLSearchParams;
  /** Whether the response has Anthropic's form. */
  readonly isAnthropic: boolean;
  /** The decoded id of one model, or null for the list. */
  readonly id: string | null;
}

interface SortedList {
  readonly revision: number;
  /** What the list has beside the revision. */
  readonly key: string;
  readonly models: Promise<readonly ListedModel[]>;
}

const NO_PART = 'none';

/** The models that a token may use, in the form of OpenAI or Anthropic. */
@Injectable()
export class ModelList {
  private readonly responses = new ResponseCache();
  /** The last list of each table, for the other pages of it. */
  private readonly lists = new WeakMap<RoutingTable, SortedList>();

  constructor(
    private readonly tables: RoutingTableStore,
    private readonly capabilities: ModelCapabilities,
  ) {}

  /** Returns the JSON of a response with 200. Throws a `GatewayError`, or 503 if there is no routing table. */
  async respond({ caller, query, isAnthropic, id }: ModelsRequestParts): Promise<Buffer> {
    const { provider, isAll, page } = parseModelsQuery(query, isAnthropic);
    const { accountId, allowedSelectors } = caller;
    const table = await this.tables.current(accountId, 0);
    const providerId = provider === null ? null : (table.findProvider(provider)?.facts.id ?? NO_PART);
    const part = { allowedSelectors, isAll, providerId };
    if (id !== null) return this.respondWithOne(accountId, table, id, part, isAnthropic);
    // Names of providers that do not exist must not fill the cache.
    const isCacheable = providerId !== NO_PART && isWhole(page);
    if (!isCacheable) return (await this.build(accountId, table, part, isAnthropic, page)).body;
    const key = `${accountId} ${isAnthropic} ${keyOf(part)}`;
    const version = [table.revision, this.capabilities.versionFor(accountId)];
    try {
      const { response } = await this.responses.get(key, version, () =>
        this.buildForCache(accountId, part, isAnthropic),
      );
      return response.body as Buffer;
    } catch (error) {
      throw isListTooLarge(error) ? tooLarge() : error;
    }
  }

  private respondWithOne(
    accountId: AccountId,
    table: RoutingTable,
    id: string,
    part: ListedPart,
    isAnthropic: boolean,
  ): Buffer {
    const found = findListedModel(table, id, part);
    if (found === null) throw noSuchModel(id);
    return Buffer.from(this.itemText(accountId, found, isAnthropic));
  }

  /** Gets the table again, because this may have waited for another build. */
  private async buildForCache(
    accountId: AccountId,
    part: ListedPart,
    isAnthropic: boolean,
  ): Promise<BuiltResponse> {
    const table = await this.tables.current(accountId, 0);
    const version = [table.revision, this.capabilities.versionFor(accountId)];
    try {
      const json = await this.build(accountId, table, part, isAnthropic, WHOLE_PAGE);
      return { version, json, headers: {} };
    } catch (error) {
      if (!isListTooLarge(error)) throw error;
      return { version, json: error, headers: {} };
    }
  }

  private async build(
    accountId: AccountId,
    table: RoutingTable,
    part: ListedPart,
    isAnthropic: boolean,
    page: ModelsPage,
  ) {
    const models = await this.sortedList(table, part);
    const { shown, hasMore } = isAnthropic ? cut(models, page) : { shown: models, hasMore: false };
    const writer = new JsonWriter();
    writer.write(isAnthropic ? '{"data":[' : '{"object":"list","data":[');
    let left = MAX_RESPONSE_BYTES;
    for (const [index, model] of shown.entries()) {
      await yieldIfLong();
      const text = this.itemText(accountId, model, isAnthropic);
      left -= Buffer.byteLength(text) + 1;
      if (left < 0) throw listTooLarge();
      writer.write(index === 0 ? text : `,${text}`);
    }
    const ids = { first_id: shown[0]?.id ?? null, last_id: shown.at(-1)?.id ?? null };
    writer.write(isAnthropic ? `],${JSON.stringify({ has_more: hasMore, ...ids }).slice(1)}` : ']}');
    return writer.end();
  }

  private itemText(accountId: AccountId, listed: ListedModel, isAnthropic: boolean): string {
    if (!isAnthropic) return JSON.stringify(toOpenaiModel(listed));
    const { model, provider } = listed.candidate;
    const { context_length: contextLength } = this.capabilities.find(accountId, provider, model.model);
    return JSON.stringify(toAnthropicModel(listed, contextLength));
  }

  private sortedList(table: RoutingTable, part: ListedPart): Promise<readonly ListedModel[]> {
    const key = keyOf(part);
    const { revision } = table;
    const known = this.lists.get(table);
    if (known?.revision === revision && known.key === key) return known.models;
    const models = listModels(table, part);
    this.lists.set(table, { revision, key, models });
    return models;
  }
}

function keyOf({ allowedSelectors, providerId, isAll }: ListedPart): string {
  return JSON.stringify([providerId, isAll, allowedSelectors?.texts ?? null]);
}

function isWhole({ limit, afterId, beforeId }: ModelsPage): boolean {
  return limit === WHOLE_PAGE.limit && afterId === null && beforeId === null;
}

/** Returns a page of the list. Throws for the id of a model that is not in it. */
function cut(
  models: readonly ListedModel[],
  { limit, afterId, beforeId }: ModelsPage,
): { readonly shown: readonly ListedModel[]; readonly hasMore: boolean } {
  const positionOf = (id: string, param: 'after_id' | 'before_id'): number => {
    const at = models.findIndex((each) => each.id === id);
    if (at < 0) throw unknownPosition(param);
    return at;
  };
  if (beforeId !== null) {
    const end = positionOf(beforeId, 'before_id');
    const start = Math.max(0, end - limit);
    return { shown: models.slice(start, end), hasMore: start > 0 };
  }
  const start = afterId === null ? 0 : positionOf(afterId, 'after_id') + 1;
  return { shown: models.slice(start, start + limit), hasMore: start + limit < models.length };
}

function noSuchModel(id: string): GatewayError {
  const text = `There is no model ${JSON.stringify(id.slice(0, 200))} that this token may use. GET /v1/models lists them.`;
  return new GatewayError('model_not_found', text, { param: 'model', shouldRetry: false });
}

function tooLarge(): GatewayError {
  const text = 'The list is larger than 16 MiB. Send ?provider= with the name of one provider.';
  return new GatewayError('unsupported_parameter', text, { param: 'provider' });
}

import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { storedSheet } from '../models/stored-sheet';
import type { Rates } from '../pricing/rate-table';
import { AccountTimeLimit } from '../routing/account-time-limit';
import { noRoute } from '../routing/engine/explain/no-route';
import { Candidate } from '../routing/engine/model/candidate';
import type { RoutedModel } from '../routing/engine/model/routed-registry';
import { findNamedModel, resolve } from '../routing/engine/resolve';
import type { RoutingTable } from '../routing/engine/routing-table';
import { RoutingTableStore } from '../routing/routing-table-store';
import type { PatternCache } from '../rules/pattern-cache';
import { parseSelector, type Selector } from '../selectors/selector';
import type { ProviderKind } from '../upstream/base-url';

/** The fields of a model that its costs depend on. */
export interface PricedModel {
  /** The revision of the registry that the rates come from. */
  readonly revision: number;
  readonly modelId: string;
  readonly selector: string;
  readonly kind: ProviderKind;
  readonly rates: Rates;
  /** The compiled patterns of the account. */
  readonly patterns: PatternCache;
}

/** Reads the rates of models from the registry, at the requested revision or a later one. */
@Injectable()
export class ModelRates {
  constructor(
    private readonly tables: RoutingTableStore,
    private readonly timeLimit: AccountTimeLimit,
  ) {}

  /** Returns the model that a selector resolves to. Throws `routing.no_route`, or 422 for an invalid selector. */
  async getBySelector(
    accountId: AccountId,
    text: string,
    context: Readonly<Record<string, unknown>>,
    minRevision: number,
  ): Promise<PricedModel> {
    await this.timeLimit.takeTurn(accountId);
    const table = await this.tables.current(accountId, minRevision);
    return this.timeLimit.run(accountId, () => {
      const selector = parseSelector(text, '/selector', () => table.providerNames());
      const resolution = resolve(table, [selector], context);
      const candidate = findNamedCandidate(table, selector) ?? resolution.selected;
      if (candidate === null) throw noRoute(table, [selector], resolution);
      return toPricedModel(table, candidate);
    });
  }

  /** Returns the account's model with this id, or null, also for a malformed id. */
  async findByModelId(
    accountId: AccountId,
    modelId: string,
    minRevision: number,
  ): Promise<PricedModel | null> {
    const table = await this.tables.current(accountId, minRevision);
    const candidate = table.findById(modelId);
    return candidate && toPricedModel(table, candidate);
  }
}

/** Finds the model that `provider^model` or `provider^` names. Its price does not depend on a usable API key. */
function findNamedCandidate(table: RoutingTable, selector: Selector): Candidate | null {
  if (selector.kind !== 'exact' && selector.kind !== 'default') return null;
  const model = findNamedModel(table, selector);
  return model && new Candidate(model);
}

function toPricedModel(
  { revision, patterns }: RoutingTable,
  { selector, model, provider }: Candidate,
): PricedModel {
  return { revision, modelId: model.id, selector, kind: provider.kind, rates: ratesOf(model), patterns };
}

/** Returns all that the cost of a model's usage is calculated with. A corrupt sheet counts as none. */
export function ratesOf({ rates, multiplier, pricingText }: RoutedModel): Rates {
  return { ...rates, multiplier, sheet: storedSheet(pricingText) ?? null };
}

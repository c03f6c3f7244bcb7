import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import type { Rates } from '../pricing/cost-calculator';
import { noRoute } from '../routing/engine/explain/no-route';
import { Candidate } from '../routing/engine/model/candidate';
import { findNamedModel, resolve } from '../routing/engine/resolve';
import type { RoutingTable } from '../routing/engine/routing-table';
import { parseSelector, type Selector } from '../routing/engine/selector/selector';
import { RoutingTableStore } from '../routing/routing-table-store';
import type { ProviderKind } from '../upstream/base-url';

/** A model, as far as its cost is concerned. */
export interface PricedModel {
  /** Of the account's registry that the rates were read from. */
  readonly revision: number;
  readonly selector: string;
  readonly kind: ProviderKind;
  readonly rates: Rates;
}

/** Where the models' rates come from: the registry, at no older revision than asked for. */
@Injectable()
export class ModelRates {
  constructor(private readonly tables: RoutingTableStore) {}

  /** The model that a selector chooses. Throws `routing.no_route`, or what is wrong with the selector. */
  async getBySelector(
    accountId: AccountId,
    text: string,
    context: Readonly<Record<string, unknown>>,
    minRevision: number,
  ): Promise<PricedModel> {
    const table = await this.tables.current(accountId, minRevision);
    const selector = parseSelector(text, '/selector', () => table.providerNames());
    const resolution = resolve(table, [selector], context);
    const candidate = findNamedCandidate(table, selector) ?? resolution.selected;
    if (candidate === null) throw noRoute(table, [selector], resolution);
    return toPricedModel(table.revision, candidate);
  }

  /** The account's model with this id, or null; also null for what is no id. */
  async findByModelId(
    accountId: AccountId,
    modelId: string,
    minRevision: number,
  ): Promise<PricedModel | null> {
    const table = await this.tables.current(accountId, minRevision);
    const candidate = table.findById(modelId);
    return candidate && toPricedModel(table.revision, candidate);
  }
}

/** A model that is named outright has its price also where its provider's key does not open. */
function findNamedCandidate(table: RoutingTable, selector: Selector): Candidate | null {
  if (selector.kind !== 'exact' && selector.kind !== 'default') return null;
  const model = findNamedModel(table, selector);
  return model && new Candidate(model);
}

function toPricedModel(revision: number, { selector, model, provider }: Candidate): PricedModel {
  const rates = { ...model.rates, multiplier: model.multiplier };
  return { revision, selector, kind: provider.kind, rates };
}

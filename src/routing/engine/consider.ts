import { type IndexedModel } from './indexed-model';
import { listNames } from './list-names';
import { modelsOf } from './model-slot';
import { nearNames } from './near-names';
import { chosenModel, taggedSlot } from './resolve';
import { type RoutingTable } from './routing-table';
import { type Selector } from './selector';

/** Beyond so many names none is suggested: an error must stay cheap. */
const MAX_SEARCHED = 2000;

/** Of a provider's models, where none is like the one that is wanted. */
const MAX_SHOWN = 10;

/** Every model that a selector may mean, whether it can be chosen or not, in no order. */
export function* consider(table: RoutingTable, selector: Selector): Generator<IndexedModel> {
  switch (selector.kind) {
    case 'exact':
    case 'default': {
      const model = chosenModel(table, selector);
      if (model !== null) yield model;
      return;
    }
    case 'model': {
      const found = table.named(selector.name);
      if (found instanceof Map) for (const slot of found.values()) yield* modelsOf(slot);
      else if (found !== undefined) yield* modelsOf(found);
      return;
    }
    case 'tag': {
      const slot = taggedSlot(table, selector);
      if (slot !== undefined) yield* modelsOf(slot);
      return;
    }
    case 'auto':
      yield* table.automatic.models();
  }
}

/** Why a selector means no model at all, with the names that there are. */
export function whyNothing(table: RoutingTable, selector: Selector): string {
  const provider = selector.provider === null ? undefined : table.provider(selector.provider);
  if (selector.provider !== null && provider === undefined) {
    return `there is no provider ${JSON.stringify(selector.provider)}; ${providersOf(table)}`;
  }
  const quoted = JSON.stringify(selector.name);
  switch (selector.kind) {
    case 'default':
      return 'the provider has no default model';
    case 'exact': {
      const names = [...(provider?.models ?? [])].map(({ model }) => model);
      return `the provider has no model ${quoted}; ${namesNear(selector.name, names)}`;
    }
    case 'model': {
      const names = table.modelNames(MAX_SEARCHED);
      return `no provider has a model ${quoted}${names === null ? '' : `; ${namesNear(selector.name, [...names])}`}`;
    }
    case 'tag':
      return `no model${provider === undefined ? '' : ' of the provider'} has the tag ${quoted}`;
    case 'auto':
      return 'there is no model with a rule, and no default model without one';
  }
}

function providersOf(table: RoutingTable): string {
  const names = table.providerNames();
  return names.length === 0 ? 'there are none yet' : `the providers are ${listNames(names)}`;
}

function namesNear(wanted: string, names: readonly string[]): string {
  if (names.length === 0) return 'there are none yet';
  const near = names.length > MAX_SEARCHED ? [] : nearNames(names, wanted);
  return near.length > 0
    ? `the nearest are ${listNames(near)}`
    : `there are ${listNames([...names].sort(), MAX_SHOWN)}`;
}

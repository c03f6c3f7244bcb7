import { type IndexedProvider } from '../model/indexed-model';
import { type RoutingTable } from '../routing-table';
import { listNames, suggestNames } from '../selector/name-suggestions';
import { type Selector } from '../selector/selector';

/** Beyond so many names none is told: an error must stay cheap. */
const MAX_SEARCHED = 2000;

/** Where none is like the one that is wanted. */
const MAX_SHOWN = 10;

/** Why a selector means no model at all, with the names that there are. */
export function explainUnmatchedSelector(table: RoutingTable, selector: Selector): string {
  const provider = selector.provider === null ? undefined : table.findProvider(selector.provider);
  if (selector.provider !== null && provider === undefined) {
    return `there is no provider ${JSON.stringify(selector.provider)}; ${providersOf(table)}`;
  }
  const quoted = JSON.stringify(selector.name);
  switch (selector.kind) {
    case 'default':
      return 'the provider has no default model';
    case 'exact':
      return `the provider has no model ${quoted}${namesNear(selector.name, modelNamesOf(provider))}`;
    case 'model':
      return `no provider has a model ${quoted}${namesNear(selector.name, table.modelNames(MAX_SEARCHED))}`;
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

function modelNamesOf(provider: IndexedProvider | undefined): string[] | null {
  if (provider === undefined) return [];
  return provider.models.size > MAX_SEARCHED ? null : [...provider.models].map(({ model }) => model);
}

/** Null are too many. */
function namesNear(wanted: string, names: Iterable<string> | null): string {
  if (names === null) return '';
  const all = [...names];
  if (all.length === 0) return '; there are none yet';
  const near = suggestNames(all, wanted);
  return near.length > 0
    ? `; the nearest are ${listNames(near)}`
    : `; there are ${listNames(all.sort(), MAX_SHOWN)}`;
}

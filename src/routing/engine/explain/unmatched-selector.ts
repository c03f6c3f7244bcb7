import { type IndexedProvider } from '../model/indexed-model';
import { type RoutingTable } from '../routing-table';
import { listNames, suggestNames } from '../selector/name-suggestions';
import { type Selector } from '../selector/selector';

/** With more names, an error suggests none, because searching them takes too long. */
const MAX_SEARCHED = 2000;

/** The number of names listed if none is similar. */
const MAX_SHOWN = 10;

/** Explains why a selector names no model, and lists the existing names. */
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
      return `the provider has no model ${quoted}${suggestionsFor(selector.name, modelNamesOf(provider))}`;
    case 'model':
      return `no provider has a model ${quoted}${suggestionsFor(selector.name, table.modelNames(MAX_SEARCHED))}`;
    case 'tag':
      return `no model${provider === undefined ? '' : ' of the provider'} has the tag ${quoted}`;
    case 'auto':
      return 'there is no model with a rule, and no default model without one';
  }
}

function providersOf(table: RoutingTable): string {
  const names = table.providerNames();
  return names.length === 0 ? 'there are no providers yet' : `the providers are ${listNames(names)}`;
}

function modelNamesOf(provider: IndexedProvider | undefined): string[] | null {
  if (provider === undefined) return [];
  return provider.models.size > MAX_SEARCHED ? null : [...provider.models].map(({ model }) => model);
}

/** `names` is null if there are too many to search. */
function suggestionsFor(wanted: string, names: Iterable<string> | null): string {
  if (names === null) return '';
  const existing = [...names];
  if (existing.length === 0) return '; there are no models yet';
  const similar = suggestNames(existing, wanted);
  return similar.length > 0
    ? `; the nearest are ${listNames(similar)}`
    : `; the models are ${listNames(existing.sort(), MAX_SHOWN)}`;
}

import { listNames, suggestNames } from '../../../selectors/name-suggestions';
import { type Selector } from '../../../selectors/selector';
import { modelsOf } from '../index/index-entry';
import { Candidate } from '../model/candidate';
import { type IndexedProvider } from '../model/indexed-model';
import { type RoutingTable } from '../routing-table';

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
      return `no provider has a model ${quoted}${hintFor(table, selector.name)}`;
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
  return provider.models.size > MAX_SEARCHED
    ? null
    : [...provider.models].flatMap(({ model, aliases }) => [model, ...aliases]);
}

/**
 * Suggests `provider^` for the name of a provider alone, and `provider^model` for the spelling of other gateways,
 * `provider/model` or `provider:model`.
 */
function hintFor(table: RoutingTable, name: string): string {
  const alone = table.findProvider(name);
  if (alone !== undefined) {
    return `; for the default model of the provider, write ${JSON.stringify(`${alone.facts.name}^`)}`;
  }
  const at = name.search(/[/:]/);
  const [left, right] = at === -1 ? ['', name] : [name.slice(0, at), name.slice(at + 1)];
  const selectors = at === -1 ? [] : selectorsFor(table, left, right);
  if (selectors.length > 0) {
    return `; "^" separates the provider from the model, so write ${listNames(selectors, MAX_SHOWN)}`;
  }
  const provider = at === -1 ? undefined : table.findProvider(left);
  if (provider === undefined) return suggestionsFor(name, table.modelNames(MAX_SEARCHED));
  const format = JSON.stringify(`${provider.facts.name}^model`);
  return `; "^" separates the provider from the model, as in ${format}${suggestionsFor(right, modelNamesOf(provider))}`;
}

/** The selectors of a provider's model, or of all models with that name if no provider has the name before it. */
function selectorsFor(table: RoutingTable, providerName: string, name: string): string[] {
  const provider = table.findProvider(providerName);
  if (provider !== undefined) {
    const model = table.findModelOf(provider, name);
    if (model !== undefined) return [new Candidate(model).selector];
  }
  const found = table.findByName(name);
  if (found === undefined) return [];
  const models =
    found instanceof Map ? [...found.values()].flatMap((entry) => [...modelsOf(entry)]) : modelsOf(found);
  return [...models]
    .slice(0, MAX_SHOWN + 1)
    .map((model) => new Candidate(model).selector)
    .sort();
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

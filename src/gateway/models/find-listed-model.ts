import { modelsOf } from '../../routing/engine/index/index-entry';
import { Candidate } from '../../routing/engine/model/candidate';
import { findNamedModel } from '../../routing/engine/resolve';
import type { RoutingTable } from '../../routing/engine/routing-table';
import { isAllowed } from '../../selectors/allowed-selectors';
import { readSelector, type Selector } from '../../selectors/selector';
import { type ListedPart, ranksBefore } from './list-models';
import type { ListedModel } from './listed-model';

/**
 * Finds the model that a bare name, an alias or `provider^model` names, without its rule. The entry has the id of the list.
 * Returns null if the list has no such entry.
 */
export function findListedModel(table: RoutingTable, id: string, part: ListedPart): ListedModel | null {
  const selector = readSelector(id);
  if (typeof selector === 'string') return null;
  let found: Candidate | null = null;
  for (const model of modelsNamed(table, selector)) {
    const candidate = new Candidate(model);
    const isListed = (part.isAll || model.isSelectable) && isInPart(part, candidate);
    if (isListed && (found === null || ranksBefore(candidate, found))) found = candidate;
  }
  if (found === null) return null;
  return { id: selector.kind === 'exact' ? found.selector : found.model.model, candidate: found };
}

function* modelsNamed(table: RoutingTable, selector: Selector) {
  if (selector.kind === 'exact') {
    const model = findNamedModel(table, selector);
    if (model !== null) yield model;
  } else if (selector.kind === 'model') {
    const entry = table.findByName(selector.name);
    if (entry === undefined) return;
    for (const each of entry instanceof Map ? entry.values() : [entry]) yield* modelsOf(each);
  }
}

function isInPart(part: ListedPart, { provider, model }: Candidate): boolean {
  const isOfProvider = part.providerId === null || provider.id === part.providerId;
  return isOfProvider && isAllowed(part, provider.name, model);
}

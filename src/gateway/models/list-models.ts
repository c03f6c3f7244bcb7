import type { Principal } from '../../auth/caller';
import { compareText } from '../../common/compare-text';
import { foldCase } from '../../common/identity-key';
import { sortInSlices } from '../../common/sort-in-slices';
import { yieldIfLong } from '../../common/yield-if-long';
import type { Candidate } from '../../routing/engine/model/candidate';
import type { RoutingTable } from '../../routing/engine/routing-table';
import { isAllowed } from '../../selectors/allowed-selectors';
import type { ListedModel } from './listed-model';

/** Which models of a table a list has. */
export interface ListedPart {
  readonly allowedSelectors: Principal['allowedSelectors'];
  /** The id of a provider, or null for all. */
  readonly providerId: string | null;
  readonly isAll: boolean;
}

/**
 * Returns an entry for each selector that a picker needs, without aliases: the bare names, each once, and then
 * `provider^model`. Both are in the order of their texts.
 */
export async function listModels(table: RoutingTable, part: ListedPart): Promise<readonly ListedModel[]> {
  const { isAll, providerId } = part;
  // Taken without a pause, because the table may change during one.
  const candidates = table.selectable(isAll);
  const exact: ListedModel[] = [];
  const byName = new Map<string, ListedModel>();
  for (const candidate of candidates) {
    await yieldIfLong();
    const { model, provider } = candidate;
    if (providerId !== null && provider.id !== providerId) continue;
    if (!isAllowed(part, provider.name, model)) continue;
    exact.push({ id: candidate.selector, candidate });
    const name = foldCase(model.model);
    const named = byName.get(name);
    // A caret would make the name a provider's.
    if (!name.includes('^') && (named === undefined || ranksBefore(candidate, named.candidate)))
      byName.set(name, { id: model.model, candidate });
  }
  return [
    ...(await sortInSlices([...byName.values()], compareIds)),
    ...(await sortInSlices(exact, compareIds)),
  ];
}

/** Whether a model comes first among those of one name: by priority, then the default, then the older one. */
export function ranksBefore({ model: one }: Candidate, { model: other }: Candidate): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  if (one.isDefault !== other.isDefault) return one.isDefault;
  return compareText(one.id, other.id) < 0;
}

function compareIds(one: ListedModel, other: ListedModel): number {
  return compareText(one.id, other.id) || compareText(one.candidate.model.id, other.candidate.model.id);
}

import { type IndexedModel } from '../model/indexed-model';
import { CandidateGroup } from './candidate-group';
import { type CandidateMerge } from './candidate-merge';

/** The models of one name or tag. Most have one model, which needs no group. */
export type IndexEntry = IndexedModel | CandidateGroup;

export function addToEntry(entry: IndexEntry | undefined, model: IndexedModel): IndexEntry {
  if (entry === undefined) return model;
  const group = entry instanceof CandidateGroup ? entry : groupOf(entry);
  group.add(model);
  return group;
}

/** Returns undefined if no model is left. Throws TypeError for a model that is not in the entry. */
export function removeFromEntry(entry: IndexEntry, model: IndexedModel): IndexEntry | undefined {
  if (!(entry instanceof CandidateGroup)) {
    if (entry !== model) throw new TypeError(`model ${model.id} is not in its index entry`);
    return undefined;
  }
  entry.remove(model);
  return entry.isEmpty ? undefined : entry;
}

export function matchEntry(entry: IndexEntry, merge: CandidateMerge, isExact: boolean): void {
  if (entry instanceof CandidateGroup) {
    entry.matchUnconditional(merge, isExact);
    entry.matchRules(merge, isExact);
  } else if (!entry.isUnusable) {
    merge.add(entry, 'full', isExact);
  }
}

export function modelsOf(entry: IndexEntry): Iterable<IndexedModel> {
  return entry instanceof CandidateGroup ? entry.models() : [entry];
}

function groupOf(model: IndexedModel): CandidateGroup {
  const group = new CandidateGroup();
  group.add(model);
  return group;
}

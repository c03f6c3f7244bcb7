import { type IndexedModel } from '../model/indexed-model';
import { CandidateGroup } from './candidate-group';
import { type CandidateMerge } from './candidate-merge';

/** What a name or tag leads to: most lead to one model, which needs no group. */
export type Slot = IndexedModel | CandidateGroup;

export function slotWith(slot: Slot | undefined, model: IndexedModel): Slot {
  if (slot === undefined) return model;
  const group = slot instanceof CandidateGroup ? slot : groupOf(slot);
  group.add(model);
  return group;
}

/** Undefined when nothing is left. Throws TypeError where the model is not in the slot. */
export function slotWithout(slot: Slot, model: IndexedModel): Slot | undefined {
  if (!(slot instanceof CandidateGroup)) {
    if (slot !== model) throw new TypeError(`model ${model.id} is not in its slot`);
    return undefined;
  }
  slot.remove(model);
  return slot.isEmpty ? undefined : slot;
}

export function matchSlot(slot: Slot, merge: CandidateMerge, isExact: boolean): void {
  if (slot instanceof CandidateGroup) {
    slot.matchUnconditional(merge, isExact);
    slot.matchRules(merge, isExact);
  } else if (!slot.isParked) {
    merge.add(slot, 'all', isExact);
  }
}

export function modelsOf(slot: Slot): Iterable<IndexedModel> {
  return slot instanceof CandidateGroup ? slot.models() : [slot];
}

function groupOf(model: IndexedModel): CandidateGroup {
  const group = new CandidateGroup();
  group.add(model);
  return group;
}

import { type IndexedModel } from '../model/indexed-model';
import { type CandidateMerge } from './candidate-merge';
import { type Cell, cellWith, cellWithout, hasMoreThan, modelsIn } from './model-list';
import { RuleIndex } from './rule-index';

/** Up to here, testing rule by rule is as fast as the index and weighs nothing. */
const MAX_SCANNED = 32;

/** The models that one selector means: those always ready, those with rules, and those that cannot be chosen. */
export class CandidateGroup {
  private always: Cell | null = null;
  /** Whose rules have no signature: they are tested one by one. */
  private unkeyed: Cell | null = null;
  /** Whose rules have one: a few are tested one by one too; an index stays, however few they become again. */
  private keyed: Cell | RuleIndex | null = null;
  private parked: Cell | null = null;

  get isEmpty(): boolean {
    const hasKeyed = this.keyed instanceof RuleIndex ? !this.keyed.isEmpty : this.keyed !== null;
    return this.always === null && this.unkeyed === null && !hasKeyed && this.parked === null;
  }

  add(model: IndexedModel): void {
    if (model.isParked) this.parked = cellWith(this.parked, model);
    else if (model.isUnconditional) this.always = cellWith(this.always, model);
    else if (model.shape.signature === null) this.unkeyed = cellWith(this.unkeyed, model);
    else if (this.keyed instanceof RuleIndex) this.keyed.add(model);
    else {
      this.keyed = cellWith(this.keyed, model);
      if (hasMoreThan(this.keyed, MAX_SCANNED)) this.keyed = indexOf(this.keyed);
    }
  }

  /**
   * The model must be in the group, as it was when it was added: its provider's usability decides where it is. Throws
   * TypeError where it is not.
   */
  remove(model: IndexedModel): void {
    if (model.isParked) this.parked = cellWithout(this.parked, model);
    else if (model.isUnconditional) this.always = cellWithout(this.always, model);
    else if (model.shape.signature === null) this.unkeyed = cellWithout(this.unkeyed, model);
    else if (this.keyed instanceof RuleIndex) this.keyed.remove(model);
    else this.keyed = cellWithout(this.keyed, model);
  }

  matchUnconditional(merge: CandidateMerge, isExact: boolean): void {
    merge.add(this.always, 'nothing', isExact);
  }

  matchRules(merge: CandidateMerge, isExact: boolean): void {
    merge.add(this.unkeyed, 'all', isExact);
    if (this.keyed instanceof RuleIndex) this.keyed.match(merge, isExact);
    else merge.add(this.keyed, 'all', isExact);
  }

  /** Every model, in no order. */
  *models(): Generator<IndexedModel> {
    yield* modelsIn(this.always);
    yield* modelsIn(this.unkeyed);
    yield* this.keyed instanceof RuleIndex ? this.keyed.models() : modelsIn(this.keyed);
    yield* modelsIn(this.parked);
  }
}

function indexOf(cell: Cell): RuleIndex {
  const index = new RuleIndex();
  for (const model of modelsIn(cell)) index.add(model);
  return index;
}

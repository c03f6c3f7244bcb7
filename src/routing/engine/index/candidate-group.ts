import { type IndexedModel } from '../model/indexed-model';
import { type CandidateMerge } from './candidate-merge';
import { type ModelList, withModel, withoutModel, hasMoreThan, modelsIn } from './model-list';
import { RuleIndex } from './rule-index';

/** Up to here, testing rule by rule is as fast as the index and weighs nothing. */
const MAX_SCANNED = 32;

/** The models that one selector means: those always ready, those with rules, and those that cannot be chosen. */
export class CandidateGroup {
  private always: ModelList | null = null;
  /** Whose rules have no signature: they are tested one by one. */
  private unkeyed: ModelList | null = null;
  /** Whose rules have one: a few are tested one by one too; an index stays, however few they become again. */
  private keyed: ModelList | RuleIndex | null = null;
  private unusable: ModelList | null = null;

  get isEmpty(): boolean {
    const hasKeyed = this.keyed instanceof RuleIndex ? !this.keyed.isEmpty : this.keyed !== null;
    return this.always === null && this.unkeyed === null && !hasKeyed && this.unusable === null;
  }

  add(model: IndexedModel): void {
    if (model.isUnusable) this.unusable = withModel(this.unusable, model);
    else if (model.isUnconditional) this.always = withModel(this.always, model);
    else if (model.shape.signature === null) this.unkeyed = withModel(this.unkeyed, model);
    else if (this.keyed instanceof RuleIndex) this.keyed.add(model);
    else {
      this.keyed = withModel(this.keyed, model);
      if (hasMoreThan(this.keyed, MAX_SCANNED)) this.keyed = indexOf(this.keyed);
    }
  }

  /**
   * The model must be in the group, as it was when it was added: its provider's usability decides where it is. Throws
   * TypeError where it is not.
   */
  remove(model: IndexedModel): void {
    if (model.isUnusable) this.unusable = withoutModel(this.unusable, model);
    else if (model.isUnconditional) this.always = withoutModel(this.always, model);
    else if (model.shape.signature === null) this.unkeyed = withoutModel(this.unkeyed, model);
    else if (this.keyed instanceof RuleIndex) this.keyed.remove(model);
    else this.keyed = withoutModel(this.keyed, model);
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
    yield* modelsIn(this.unusable);
  }
}

function indexOf(list: ModelList): RuleIndex {
  const index = new RuleIndex();
  for (const model of modelsIn(list)) index.add(model);
  return index;
}

import { type IndexedModel } from '../model/indexed-model';
import { type CandidateMerge } from './candidate-merge';
import { type ModelList, withModel, withoutModel, hasMoreThan, modelsIn } from './model-list';
import { RuleIndex } from './rule-index';

/** Up to here, testing rule by rule is as fast as the index and weighs nothing. */
const MAX_SCANNED = 32;

/** The models that one selector means: those unconditional ready, those with rules, and those that cannot be chosen. */
export class CandidateGroup {
  private unconditional: ModelList | null = null;
  /** Whose rules have no pathSet: they are tested one by one. */
  private unindexable: ModelList | null = null;
  /** Whose rules have one: a few are tested one by one too; an index stays, however few they become again. */
  private indexable: ModelList | RuleIndex | null = null;
  private unusable: ModelList | null = null;

  get isEmpty(): boolean {
    const hasIndexable =
      this.indexable instanceof RuleIndex ? !this.indexable.isEmpty : this.indexable !== null;
    return (
      this.unconditional === null && this.unindexable === null && !hasIndexable && this.unusable === null
    );
  }

  add(model: IndexedModel): void {
    if (model.isUnusable) this.unusable = withModel(this.unusable, model);
    else if (model.isUnconditional) this.unconditional = withModel(this.unconditional, model);
    else if (model.shape.pathSet === null) this.unindexable = withModel(this.unindexable, model);
    else if (this.indexable instanceof RuleIndex) this.indexable.add(model);
    else {
      this.indexable = withModel(this.indexable, model);
      if (hasMoreThan(this.indexable, MAX_SCANNED)) this.indexable = buildIndex(this.indexable);
    }
  }

  /**
   * The model must be in the group, as it was when it was added: its provider's usability decides where it is. Throws
   * TypeError where it is not.
   */
  remove(model: IndexedModel): void {
    if (model.isUnusable) this.unusable = withoutModel(this.unusable, model);
    else if (model.isUnconditional) this.unconditional = withoutModel(this.unconditional, model);
    else if (model.shape.pathSet === null) this.unindexable = withoutModel(this.unindexable, model);
    else if (this.indexable instanceof RuleIndex) this.indexable.remove(model);
    else this.indexable = withoutModel(this.indexable, model);
  }

  matchUnconditional(merge: CandidateMerge, isExact: boolean): void {
    merge.add(this.unconditional, 'none', isExact);
  }

  matchRules(merge: CandidateMerge, isExact: boolean): void {
    merge.add(this.unindexable, 'full', isExact);
    if (this.indexable instanceof RuleIndex) this.indexable.match(merge, isExact);
    else merge.add(this.indexable, 'full', isExact);
  }

  /** Every model, in no order. */
  *models(): Generator<IndexedModel> {
    yield* modelsIn(this.unconditional);
    yield* modelsIn(this.unindexable);
    yield* this.indexable instanceof RuleIndex ? this.indexable.models() : modelsIn(this.indexable);
    yield* modelsIn(this.unusable);
  }
}

function buildIndex(list: ModelList): RuleIndex {
  const index = new RuleIndex();
  for (const model of modelsIn(list)) index.add(model);
  return index;
}

import { type IndexedModel } from '../model/indexed-model';
import { type CandidateMerge } from './candidate-merge';
import { type ModelList, withModel, withoutModel, hasMoreThan, modelsIn } from './model-list';
import { RuleIndex } from './rule-index';

/** Up to this size, testing each rule is as fast as an index and needs no memory. */
const MAX_SCANNED = 32;

/** The models of one name, one tag or `auto`, divided by how they become candidates. */
export class CandidateGroup {
  private unconditional: ModelList | null = null;
  /** Rules without a path set, tested one by one. */
  private unindexable: ModelList | null = null;
  /** Rules with a path set. A few are tested one by one; an index, once built, stays. */
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
   * Removes a model. Its usability must be the same as when it was added. Throws TypeError for a model
   * that is not in the group.
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

  /** Every model, in no particular order. */
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

import { type RuleContext } from '../../rules/rule';
import { type CandidateMerge } from './candidate-merge';
import { type IndexedModel } from './indexed-model';
import { type Cell, cellWith, cellWithout, hasMoreThan, modelsIn } from './model-cell';
import { RuleIndex } from './rule-index';

/** Up to here, testing rule by rule is as fast as the index and weighs nothing. */
const MAX_SCANNED = 32;

/** The models that one selector means: those always ready, those with rules, and those that cannot be chosen. */
export class CandidateGroup {
  private always: Cell | null = null;
  /** Rules to be tested one by one: those without a signature and, while there is no index, the others too. */
  private scanned: Cell | null = null;
  private index: RuleIndex | null = null;
  private parked: Cell | null = null;

  get isEmpty(): boolean {
    return this.always === null && this.scanned === null && this.index === null && this.parked === null;
  }

  add(model: IndexedModel): void {
    if (model.isParked) this.parked = cellWith(this.parked, model);
    else if (model.isUnconditional) this.always = cellWith(this.always, model);
    else if (this.index !== null && model.shape.signature !== null) this.index.add(model);
    else {
      this.scanned = cellWith(this.scanned, model);
      if (model.shape.signature !== null && hasMoreThan(this.scanned, MAX_SCANNED)) this.buildIndex();
    }
  }

  /** The model must be as it was when it was added: its provider's usability decides where it is. */
  remove(model: IndexedModel): void {
    if (model.isParked) this.parked = without(this.parked, model);
    else if (model.isUnconditional) this.always = without(this.always, model);
    else if (this.index !== null && model.shape.signature !== null) {
      this.index.remove(model);
      if (this.index.isEmpty) this.index = null;
    } else this.scanned = without(this.scanned, model);
  }

  matchUnconditional(merge: CandidateMerge, isExact: boolean): void {
    merge.add(this.always, 'nothing', isExact);
  }

  matchRules(context: RuleContext, merge: CandidateMerge, isExact: boolean): void {
    merge.add(this.scanned, 'all', isExact);
    this.index?.match(context, merge, isExact);
  }

  /** Every model, in no order. */
  *models(): Generator<IndexedModel> {
    yield* modelsIn(this.always);
    yield* modelsIn(this.scanned);
    if (this.index !== null) yield* this.index.models();
    yield* modelsIn(this.parked);
  }

  private buildIndex(): void {
    const rules = [...modelsIn(this.scanned)];
    this.index = new RuleIndex();
    this.scanned = null;
    for (const model of rules) {
      if (model.shape.signature !== null) this.index.add(model);
      else this.scanned = cellWith(this.scanned, model);
    }
  }
}

function without(cell: Cell | null, model: IndexedModel): Cell | null {
  return cell === null ? null : cellWithout(cell, model);
}

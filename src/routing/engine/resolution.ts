import { type CandidateMerge } from './index/candidate-merge';
import { Candidate } from './model/candidate';
import { type RuleEvaluator } from './rules/rule-evaluator';

/**
 * The ordered candidates of one request. The first is selected; the others are fallbacks, computed on demand. Later
 * changes of the registry do not affect it. The caller must not change the context.
 */
export class Resolution implements Iterable<Candidate> {
  private readonly taken: Candidate[] = [];
  private readonly takenIds: Set<string> | null;
  private source = 0;

  constructor(
    readonly revision: number,
    /** Tests rules in the context of the request and caches the results. */
    readonly evaluator: RuleEvaluator,
    private readonly sources: readonly CandidateMerge[],
    mayRepeat: boolean,
  ) {
    this.takenIds = mayRepeat ? new Set() : null;
  }

  get selected(): Candidate | null {
    return this.at(0);
  }

  /** Returns the candidate at a zero-based position, or null beyond the last. Throws `routing.too_costly`. */
  at(index: number): Candidate | null {
    while (this.taken.length <= index) {
      const candidate = this.takeNext();
      if (candidate === null) return null;
      this.taken.push(candidate);
    }
    return this.taken[index]!;
  }

  *[Symbol.iterator](): Generator<Candidate> {
    let candidate: Candidate | null;
    for (let index = 0; (candidate = this.at(index)) !== null; index++) yield candidate;
  }

  private takeNext(): Candidate | null {
    for (; this.source < this.sources.length; this.source++) {
      let model;
      while ((model = this.sources[this.source]!.next()) !== null) {
        if (this.takenIds?.has(model.id)) continue;
        this.takenIds?.add(model.id);
        return new Candidate(model);
      }
    }
    return null;
  }
}

import { foldCase } from '../../../common/identity-key';
import { distinctSelectors, type Selector } from '../../../selectors/selector';
import { type CandidateMerge } from '../index/candidate-merge';
import { Candidate } from '../model/candidate';
import { explainOrder } from '../model/candidate-order';
import { type IndexedModel } from '../model/indexed-model';
import { addSources } from '../resolve';
import { type RoutingTable } from '../routing-table';
import { type RuleEvaluator } from '../rules/rule-evaluator';

/** A candidate and the first selector that names it. */
export interface NamedCandidate {
  readonly model: IndexedModel;
  readonly selector: Selector;
}

/** Lists the candidates of a resolution with their selectors, in the order of the resolution. */
export function* namedCandidates(
  table: RoutingTable,
  selectors: readonly Selector[],
  evaluator: RuleEvaluator,
): Generator<NamedCandidate> {
  const listed = new Set<IndexedModel>();
  for (const selector of distinctSelectors(selectors)) {
    const sources: CandidateMerge[] = [];
    addSources(table, selector, evaluator, sources);
    for (const source of sources) {
      for (let model = source.next(); model !== null; model = source.next()) {
        if (listed.has(model)) continue;
        listed.add(model);
        yield { model, selector };
      }
    }
  }
}

/** Explains why a model is a candidate and, unless it is the last one, why it ranks before the next. */
export function candidateReason(
  candidate: NamedCandidate,
  next: NamedCandidate | undefined,
  evaluator: RuleEvaluator,
): string {
  const eligibility = explainEligibility(candidate, evaluator);
  if (next === undefined) return eligibility;
  return `${eligibility}; ranked before ${new Candidate(next.model).selector}: ${explainRank(candidate, next)}`;
}

function explainEligibility({ model, selector }: NamedCandidate, evaluator: RuleEvaluator): string {
  if (selector.kind === 'exact' || selector.kind === 'default') {
    const reason =
      selector.kind === 'exact' ? describeName(model, selector.name) : "the provider's default model";
    return model.isUnconditional ? reason : `${reason}, so its rule is ignored`;
  }
  if (!model.isUnconditional) return `when: ${evaluator.explainMatch(model)}`;
  return selector.kind === 'auto' ? "its provider's default model, without a rule" : 'no rule';
}

function describeName(model: IndexedModel, name: string): string {
  const isAlias = name !== model.model && foldCase(name) !== model.foldedName;
  return isAlias ? 'named by provider and alias' : 'named by provider and model';
}

function explainRank({ model, selector }: NamedCandidate, next: NamedCandidate): string {
  if (selector !== next.selector) {
    return `${JSON.stringify(selector.text)} precedes ${JSON.stringify(next.selector.text)} in selectors`;
  }
  if (selector.kind === 'auto' && model.isUnconditional !== next.model.isUnconditional) {
    return 'models whose rule matches precede defaults without a rule';
  }
  return explainOrder(model, next.model, selector.kind === 'model' ? selector.name : null);
}

import { distinctSelectors, type Selector } from '../../../selectors/selector';
import { modelsOf } from '../index/index-entry';
import { Candidate } from '../model/candidate';
import { compareModels } from '../model/candidate-order';
import { type IndexedModel } from '../model/indexed-model';
import { type Resolution } from '../resolution';
import { findNamedModel, findTagEntry } from '../resolve';
import { type RoutingTable } from '../routing-table';
import { CORRUPT_RULE, type RuleEvaluator } from '../rules/rule-evaluator';
import { INVALID_RULE } from '../rules/rule-shape';
import { candidateReason, type NamedCandidate, namedCandidates } from './candidate-reasons';
import { explainUnmatchedSelector } from './unmatched-selector';

/** The outcome for a model, or for a selector that names no model (`selector` is then the request's text). */
export interface ConsideredRoute {
  readonly selector: string;
  readonly outcome: 'selected' | 'fallback' | 'excluded';
  /** Why it is a candidate and ranks before the next one, or why it is excluded. For a person. */
  readonly reason: string;
}

export interface Explanation {
  /** The candidates in their order, then the excluded models of each selector in the order they would have. */
  readonly considered: readonly ConsideredRoute[];
  /** Whether entries beyond the limit were left out. */
  readonly isTruncated: boolean;
}

/**
 * Explains a resolution: why each candidate is one and what ranks it before the next, and why the other models are
 * excluded. The table must not have changed since. Visits every model that a selector names, so it is not for hot paths.
 * Reuses the tests of the resolution and may throw `routing.too_costly` for further ones.
 */
export function explain(
  table: RoutingTable,
  selectors: readonly Selector[],
  resolution: Resolution,
  limit = 1000,
): Explanation {
  const { evaluator } = resolution;
  const candidates: NamedCandidate[] = [];
  for (const candidate of namedCandidates(table, selectors, evaluator)) {
    if (candidates.push(candidate) > limit) break;
  }
  const considered = candidates.slice(0, limit).map((candidate, index): ConsideredRoute => ({
    selector: new Candidate(candidate.model).selector,
    outcome: index === 0 ? 'selected' : 'fallback',
    reason: candidateReason(candidate, candidates[index + 1], evaluator),
  }));
  if (candidates.length > limit) return { considered, isTruncated: true };
  const reported = new Set(candidates.map(({ model }) => model.id));
  for (const selector of distinctSelectors(selectors)) {
    const remaining = limit + 1 - considered.length;
    considered.push(...listExclusions(table, selector, evaluator, reported, remaining));
    if (considered.length > limit) return { considered: considered.slice(0, limit), isTruncated: true };
  }
  return { considered, isTruncated: false };
}

/**
 * Returns the first `maximum` models that the selector names but cannot select, or one entry if it names no model. Skips
 * ids in `reported` and adds the new ones.
 */
export function listExclusions(
  table: RoutingTable,
  selector: Selector,
  evaluator: RuleEvaluator,
  reported: Set<string>,
  maximum: number,
): ConsideredRoute[] {
  const excluded = excludedBy(table, selector, reported, maximum);
  if (excluded === null) {
    return [
      { selector: selector.text, outcome: 'excluded', reason: explainUnmatchedSelector(table, selector) },
    ];
  }
  return excluded.map((model) => {
    reported.add(model.id);
    return {
      selector: new Candidate(model).selector,
      outcome: 'excluded',
      reason: exclusionReason(model, evaluator),
    };
  });
}

/** The first `maximum` excluded models in candidate order, or null if the selector names no model. */
function excludedBy(
  table: RoutingTable,
  selector: Selector,
  reported: ReadonlySet<string>,
  maximum: number,
): IndexedModel[] | null {
  let excluded: IndexedModel[] = [];
  let last: IndexedModel | undefined;
  let isUnmatched = true;
  for (const model of modelsNamedBy(table, selector)) {
    isUnmatched = false;
    if (reported.has(model.id) || (last !== undefined && compareModels(model, last) > 0)) continue;
    excluded.push(model);
    if (excluded.length >= 2 * maximum) {
      excluded = excluded.sort(compareModels).slice(0, maximum);
      last = excluded.at(-1);
    }
  }
  return isUnmatched ? null : excluded.sort(compareModels).slice(0, maximum);
}

/** Every model that a selector names, candidate or not, in no particular order. */
function* modelsNamedBy(table: RoutingTable, selector: Selector): Generator<IndexedModel> {
  switch (selector.kind) {
    case 'exact':
    case 'default': {
      const model = findNamedModel(table, selector);
      if (model !== null) yield model;
      return;
    }
    case 'model': {
      const found = table.findByName(selector.name);
      if (found instanceof Map) for (const entry of found.values()) yield* modelsOf(entry);
      else if (found !== undefined) yield* modelsOf(found);
      return;
    }
    case 'tag': {
      const entry = findTagEntry(table, selector);
      if (entry !== undefined) yield* modelsOf(entry);
      return;
    }
    case 'auto':
      yield* table.autoGroup.models();
  }
}

function exclusionReason(model: IndexedModel, evaluator: RuleEvaluator): string {
  if (!model.provider.facts.enabled) return 'enabled: its provider is disabled';
  if (!model.enabled) return 'enabled: the model is disabled';
  if (model.provider.facts.advancedText === null) {
    return 'advanced_json: the stored value of its provider is corrupt; save it again';
  }
  if (!model.provider.facts.usable) {
    return 'secret_undecryptable: the API key of its provider cannot be decrypted';
  }
  if (model.shape === INVALID_RULE) return `when: ${CORRUPT_RULE}`;
  return `when: ${evaluator.explainMismatch(model)}`;
}

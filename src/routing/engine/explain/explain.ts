import { modelsOf } from '../index/index-entry';
import { Candidate } from '../model/candidate';
import { compareModels } from '../model/candidate-order';
import { type IndexedModel } from '../model/indexed-model';
import { type Resolution } from '../resolution';
import { chosenModel, taggedEntry } from '../resolve';
import { type RoutingTable } from '../routing-table';
import { type RuleEvaluator } from '../rules/rule-evaluator';
import { INVALID_RULE } from '../rules/rule-shape';
import { distinctSelectors, type Selector } from '../selector/selector';
import { explainUnmatchedSelector } from './unmatched-selector';

/** What became of a model, or of a selector that means nothing here (then as it was written). */
export interface Considered {
  readonly selector: string;
  readonly outcome: 'selected' | 'fallback' | 'excluded';
  /** Why it is excluded, for a person. */
  readonly reason?: string;
}

export interface Explanation {
  /** The candidates in their order, then what is excluded: selector by selector, in the order it would have had. */
  readonly considered: readonly Considered[];
  /** Whether there were more than the limit. */
  readonly isTruncated: boolean;
}

/**
 * Why `resolve` has answered so, of the table as it was then. For a person, not for a hot path: it looks at all that a
 * selector may mean. What the resolution has tested is not tested again; the rest it may still find too costly
 * (`routing.too_costly`).
 */
export function explain(
  table: RoutingTable,
  selectors: readonly Selector[],
  resolution: Resolution,
  limit = 1000,
): Explanation {
  const considered: Considered[] = [];
  const reported = new Set<string>();
  for (const { model, selector } of resolution) {
    considered.push({ selector, outcome: reported.size === 0 ? 'selected' : 'fallback' });
    reported.add(model.id);
    if (considered.length > limit) return truncated(considered, limit);
  }
  for (const selector of distinctSelectors(selectors)) {
    considered.push(
      ...listExclusions(table, selector, resolution.evaluator, reported, limit + 1 - considered.length),
    );
    if (considered.length > limit) return truncated(considered, limit);
  }
  return { considered, isTruncated: false };
}

function truncated(considered: readonly Considered[], limit: number): Explanation {
  return { considered: considered.slice(0, limit), isTruncated: true };
}

/**
 * What one selector means and cannot choose, the first of it; or that it means nothing. Leaves out what was told, and
 * adds to it.
 */
export function listExclusions(
  table: RoutingTable,
  selector: Selector,
  evaluator: RuleEvaluator,
  reported: Set<string>,
  maximum: number,
): Considered[] {
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
      reason: reasonOf(model, evaluator),
    };
  });
}

/** In their order, of what may be a hundred thousand; null where the selector means no model at all. */
function excludedBy(
  table: RoutingTable,
  selector: Selector,
  reported: ReadonlySet<string>,
  maximum: number,
): IndexedModel[] | null {
  let excluded: IndexedModel[] = [];
  let last: IndexedModel | undefined;
  let isNothing = true;
  for (const model of everyModelOf(table, selector)) {
    isNothing = false;
    if (reported.has(model.id) || (last !== undefined && compareModels(model, last) > 0)) continue;
    excluded.push(model);
    if (excluded.length >= 2 * maximum) {
      excluded = excluded.sort(compareModels).slice(0, maximum);
      last = excluded.at(-1);
    }
  }
  return isNothing ? null : excluded.sort(compareModels).slice(0, maximum);
}

/** Every model that a selector may mean, whether it can be chosen or not, in no order. */
function* everyModelOf(table: RoutingTable, selector: Selector): Generator<IndexedModel> {
  switch (selector.kind) {
    case 'exact':
    case 'default': {
      const model = chosenModel(table, selector);
      if (model !== null) yield model;
      return;
    }
    case 'model': {
      const found = table.named(selector.name);
      if (found instanceof Map) for (const entry of found.values()) yield* modelsOf(entry);
      else if (found !== undefined) yield* modelsOf(found);
      return;
    }
    case 'tag': {
      const entry = taggedEntry(table, selector);
      if (entry !== undefined) yield* modelsOf(entry);
      return;
    }
    case 'auto':
      yield* table.automatic.models();
  }
}

function reasonOf(model: IndexedModel, evaluator: RuleEvaluator): string {
  if (model.provider.facts.advancedJson === undefined) {
    return 'advanced_json: what is stored for its provider is not valid, save it again';
  }
  if (!model.provider.facts.usable) {
    return 'secret_undecryptable: the API key of its provider cannot be decrypted';
  }
  if (model.shape === INVALID_RULE) return 'when: the stored rule is not valid, save it again';
  return `when: ${evaluator.explainMismatch(model.whenText)}`;
}

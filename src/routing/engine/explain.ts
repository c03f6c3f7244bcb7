import { explainRule } from '../../rules/compile-rule';
import { type RuleContext } from '../../rules/rule';
import { Candidate } from './candidate';
import { compareModels } from './candidate-order';
import { consider, whyNothing } from './consider';
import { type IndexedModel } from './indexed-model';
import { resolve } from './resolve';
import { type RoutingTable } from './routing-table';
import { INVALID_RULE } from './rule-shape';
import { type Selector } from './selector';

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

/** Why `resolve` answers as it does. For a person, not for a hot path: it looks at all that a selector may mean. */
export function explain(
  table: RoutingTable,
  selectors: readonly Selector[],
  context: RuleContext,
  limit = 1000,
): Explanation {
  const considered: Considered[] = [];
  const told = new Set<string>();
  for (const { model, selector } of resolve(table, selectors, context)) {
    considered.push({ selector, outcome: told.size === 0 ? 'selected' : 'fallback' });
    told.add(model.id);
    if (considered.length > limit) return truncated(considered, limit);
  }
  for (const selector of selectors) {
    const excluded = excludedBy(table, selector, told, limit + 1 - considered.length);
    if (excluded === null) {
      considered.push({
        selector: selector.text,
        outcome: 'excluded',
        reason: whyNothing(table, selector),
      });
    }
    for (const model of excluded ?? []) {
      considered.push(exclusion(model, context));
      told.add(model.id);
    }
    if (considered.length > limit) return truncated(considered, limit);
  }
  return { considered, isTruncated: false };
}

function truncated(considered: readonly Considered[], limit: number): Explanation {
  return { considered: considered.slice(0, limit), isTruncated: true };
}

/** The first of them in their order, for all may be a hundred thousand; null where the selector means no model at all. */
function excludedBy(
  table: RoutingTable,
  selector: Selector,
  told: ReadonlySet<string>,
  maximum: number,
): IndexedModel[] | null {
  let excluded: IndexedModel[] = [];
  let last: IndexedModel | undefined;
  let isNothing = true;
  for (const model of consider(table, selector)) {
    isNothing = false;
    if (told.has(model.id) || (last !== undefined && compareModels(model, last) > 0)) continue;
    excluded.push(model);
    if (excluded.length >= 2 * maximum) {
      excluded = excluded.sort(compareModels).slice(0, maximum);
      last = excluded.at(-1);
    }
  }
  return isNothing ? null : excluded.sort(compareModels).slice(0, maximum);
}

function exclusion(model: IndexedModel, context: RuleContext): Considered {
  return { selector: new Candidate(model).selector, outcome: 'excluded', reason: reasonOf(model, context) };
}

function reasonOf(model: IndexedModel, context: RuleContext): string {
  if (!model.provider.facts.usable) {
    return 'secret_undecryptable: the API key of its provider cannot be decrypted';
  }
  if (model.shape === INVALID_RULE) return 'when: the stored rule is not valid, save it again';
  return `when: ${explainRule(JSON.parse(model.whenText), context) ?? 'does not hold'}`;
}

import { modelsOf } from '../index/index-entry';
import { Candidate } from '../model/candidate';
import { compareModels } from '../model/candidate-order';
import { type IndexedModel } from '../model/indexed-model';
import { type Resolution } from '../resolution';
import { chosenModel, taggedSlot } from '../resolve';
import { type RoutingTable } from '../routing-table';
import { type ContextProbe } from '../rules/rule-evaluator';
import { INVALID_RULE } from '../rules/rule-shape';
import { distinctSelectors, type Selector } from '../selector/selector';
import { whyNothing } from './unmatched-selector';

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
  const told = new Set<string>();
  for (const { model, selector } of resolution) {
    considered.push({ selector, outcome: told.size === 0 ? 'selected' : 'fallback' });
    told.add(model.id);
    if (considered.length > limit) return truncated(considered, limit);
  }
  for (const selector of distinctSelectors(selectors)) {
    considered.push(...exclusions(table, selector, resolution.probe, told, limit + 1 - considered.length));
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
export function exclusions(
  table: RoutingTable,
  selector: Selector,
  probe: ContextProbe,
  told: Set<string>,
  maximum: number,
): Considered[] {
  const excluded = excludedBy(table, selector, told, maximum);
  if (excluded === null) {
    return [{ selector: selector.text, outcome: 'excluded', reason: whyNothing(table, selector) }];
  }
  return excluded.map((model) => {
    told.add(model.id);
    return {
      selector: new Candidate(model).selector,
      outcome: 'excluded',
      reason: reasonOf(model, probe),
    };
  });
}

/** In their order, of what may be a hundred thousand; null where the selector means no model at all. */
function excludedBy(
  table: RoutingTable,
  selector: Selector,
  told: ReadonlySet<string>,
  maximum: number,
): IndexedModel[] | null {
  let excluded: IndexedModel[] = [];
  let last: IndexedModel | undefined;
  let isNothing = true;
  for (const model of everyModelOf(table, selector)) {
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
      if (found instanceof Map) for (const slot of found.values()) yield* modelsOf(slot);
      else if (found !== undefined) yield* modelsOf(found);
      return;
    }
    case 'tag': {
      const slot = taggedSlot(table, selector);
      if (slot !== undefined) yield* modelsOf(slot);
      return;
    }
    case 'auto':
      yield* table.automatic.models();
  }
}

function reasonOf(model: IndexedModel, probe: ContextProbe): string {
  if (model.provider.facts.advancedJson === undefined) {
    return 'advanced_json: what is stored for its provider is not valid, save it again';
  }
  if (!model.provider.facts.usable) {
    return 'secret_undecryptable: the API key of its provider cannot be decrypted';
  }
  if (model.shape === INVALID_RULE) return 'when: the stored rule is not valid, save it again';
  return `when: ${probe.whyNot(model.whenText)}`;
}

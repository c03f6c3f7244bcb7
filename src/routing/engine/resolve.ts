import { type RuleContext } from '../../rules/rule';
import { distinctSelectors, type Selector } from '../../selectors/selector';
import { CandidateMerge } from './index/candidate-merge';
import { matchEntry } from './index/index-entry';
import { type IndexedModel } from './model/indexed-model';
import { Resolution } from './resolution';
import { type RoutingTable } from './routing-table';
import { RuleEvaluator } from './rules/rule-evaluator';

/**
 * Resolves selectors to an ordered list of candidates. Synchronous, and does not use the table after it returns. The
 * rules of fallbacks are tested only when the resolution is read further. Throws `routing.too_costly`, immediately or
 * during that reading, when testing rules exceeds `MAX_RULE_TIME_MS`.
 */
export function resolve(
  table: RoutingTable,
  selectors: readonly Selector[],
  context: RuleContext,
): Resolution {
  const evaluator = new RuleEvaluator(context, table.patterns);
  const sources: CandidateMerge[] = [];
  const [only] = selectors;
  if (only !== undefined && selectors.length === 1) addSources(table, only, evaluator, sources);
  else {
    for (const selector of distinctSelectors(selectors)) {
      evaluator.budget.run(() => addSources(table, selector, evaluator, sources));
    }
  }
  return new Resolution(table.revision, evaluator, sources, selectors.length > 1);
}

/** Adds the candidates of one selector to `sources`, in their order. */
export function addSources(
  table: RoutingTable,
  selector: Selector,
  evaluator: RuleEvaluator,
  sources: CandidateMerge[],
): void {
  const merge = new CandidateMerge(evaluator);
  sources.push(merge);
  switch (selector.kind) {
    case 'exact':
    case 'default': {
      const model = findNamedModel(table, selector);
      if (model?.isSelectable) merge.add(model, 'none', true);
      return;
    }
    case 'model': {
      const found = table.findByName(selector.name);
      if (found instanceof Map) {
        for (const [name, entry] of found) matchEntry(entry, merge, name === selector.name);
      } else if (found !== undefined) {
        matchEntry(found, merge, false);
      }
      return;
    }
    case 'tag': {
      const entry = findTagEntry(table, selector);
      if (entry !== undefined) matchEntry(entry, merge, false);
      return;
    }
    case 'auto': {
      const defaults = new CandidateMerge(evaluator);
      sources.push(defaults);
      table.autoGroup.matchRules(merge, false);
      table.autoGroup.matchUnconditional(defaults, false);
    }
  }
}

/** Finds the model that `provider^model` or `provider^` names, selectable or not. */
export function findNamedModel(
  table: RoutingTable,
  selector: Extract<Selector, { kind: 'exact' | 'default' }>,
): IndexedModel | null {
  const provider = table.findProvider(selector.provider);
  if (provider === undefined) return null;
  return selector.kind === 'default'
    ? provider.defaultModel
    : (table.findModelOf(provider, selector.name) ?? null);
}

/** Finds the models that `#tag` or `provider^#tag` names. */
export function findTagEntry(
  table: RoutingTable,
  selector: Extract<Selector, { kind: 'tag' }>,
): ReturnType<RoutingTable['findByTag']> {
  if (selector.provider === null) return table.findByTag(selector.name);
  const provider = table.findProvider(selector.provider);
  return provider && table.findByTagOf(provider, selector.name);
}

import { type RuleContext } from '../../rules/rule';
import { CandidateMerge } from './index/candidate-merge';
import { matchSlot } from './index/index-entry';
import { type IndexedModel } from './model/indexed-model';
import { Resolution } from './resolution';
import { type RoutingTable } from './routing-table';
import { ContextProbe } from './rules/rule-evaluator';
import { distinctSelectors, type Selector } from './selector/selector';

/**
 * The candidates for a list of selectors, each in turn, best first. Synchronous, and done with the table when it
 * returns; what costs (testing the rules of the fallbacks) waits until the resolution is read on. Throws
 * `routing.too_costly`, at once or then, where a registry's rules take too long to test (`MAX_RULE_TIME_MS`).
 */
export function resolve(
  table: RoutingTable,
  selectors: readonly Selector[],
  context: RuleContext,
): Resolution {
  const probe = new ContextProbe(context);
  const sources: CandidateMerge[] = [];
  const [only] = selectors;
  if (only !== undefined && selectors.length === 1) addSources(table, only, probe, sources);
  else {
    for (const selector of distinctSelectors(selectors)) {
      probe.spend(() => addSources(table, selector, probe, sources));
    }
  }
  return new Resolution(table.revision, probe, sources, selectors.length > 1);
}

function addSources(
  table: RoutingTable,
  selector: Selector,
  probe: ContextProbe,
  sources: CandidateMerge[],
): void {
  const merge = new CandidateMerge(probe);
  sources.push(merge);
  switch (selector.kind) {
    case 'exact':
    case 'default': {
      const model = chosenModel(table, selector);
      if (model?.provider.facts.usable) merge.add(model, 'nothing', true);
      return;
    }
    case 'model': {
      const found = table.named(selector.name);
      if (found instanceof Map) {
        for (const [name, slot] of found) matchSlot(slot, merge, name === selector.name);
      } else if (found !== undefined) {
        matchSlot(found, merge, false);
      }
      return;
    }
    case 'tag': {
      const slot = taggedSlot(table, selector);
      if (slot !== undefined) matchSlot(slot, merge, false);
      return;
    }
    case 'auto': {
      const defaults = new CandidateMerge(probe);
      sources.push(defaults);
      table.automatic.matchRules(merge, false);
      table.automatic.matchUnconditional(defaults, false);
    }
  }
}

/** The one model that `provider^model` or `provider^` means, usable or not. */
export function chosenModel(
  table: RoutingTable,
  selector: Extract<Selector, { kind: 'exact' | 'default' }>,
): IndexedModel | null {
  const provider = table.provider(selector.provider);
  if (provider === undefined) return null;
  return selector.kind === 'default'
    ? provider.defaultModel
    : (table.modelOf(provider, selector.name) ?? null);
}

/** What `#tag` or `provider^#tag` means. */
export function taggedSlot(
  table: RoutingTable,
  selector: Extract<Selector, { kind: 'tag' }>,
): ReturnType<RoutingTable['tagged']> {
  if (selector.provider === null) return table.tagged(selector.name);
  const provider = table.provider(selector.provider);
  return provider && table.taggedOf(provider, selector.name);
}

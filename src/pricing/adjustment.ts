import { compileRule, InvalidRuleError } from '../rules/compile-rule';
import { equalsScalar, valueAt } from '../rules/context-value';
import { InvalidPatternError } from '../rules/pattern';
import { PatternCache } from '../rules/pattern-cache';
import type { RuleContext } from '../rules/rule';
import type { RuleNode } from '../rules/rule-node';
import { parseRule } from '../rules/rule-parser';
import type { PriceAdjustment } from './price-sheet';

/** Shared by all accounts: a sheet is parsed for each request, and a cost has no time limit that others could spend. */
const patterns = new PatternCache();

/** The paths that a valid rule tests. */
export function testedPaths(when: unknown): string[] {
  return pathsOf(parseRule(when, '', { operandLengths: false, patterns: false }).parts);
}

/** Whether an adjustment applies to the facts of a usage. One whose stored rule is corrupt never does. */
export function isApplicable({ when }: PriceAdjustment, facts: RuleContext): boolean {
  try {
    const { equalities, predicate } = compileRule(when);
    const areEqual = equalities.every(({ path, value }) => equalsScalar(valueAt(facts, path), value));
    // Rules are short and facts are few, so no time limit is needed.
    return (
      areEqual &&
      (predicate === null || predicate({ context: facts, patterns, beforeCondition: () => undefined }))
    );
  } catch (error) {
    if (error instanceof InvalidRuleError || error instanceof InvalidPatternError) return false;
    throw error;
  }
}

function pathsOf(nodes: readonly RuleNode[]): string[] {
  return nodes.flatMap((node) => {
    switch (node.kind) {
      case 'condition':
        return [node.path];
      case 'disjunction':
        return pathsOf(node.rules.flat());
      case 'negation':
        return pathsOf(node.rule);
    }
  });
}

import { compileRule, InvalidRuleError } from '../rules/compile-rule';
import { equalsScalar, valueAt } from '../rules/context-value';
import { InvalidPatternError } from '../rules/pattern';
import { PatternCache } from '../rules/pattern-cache';
import type { Evaluation, RuleContext } from '../rules/rule';
import type { RuleNode } from '../rules/rule-node';
import { parseRule } from '../rules/rule-parser';
import type { PriceAdjustment } from './price-sheet';

/** The compiled patterns that the rules of one request use, and the limit of their time. */
export type RuleRun = Omit<Evaluation, 'context'>;

/** Returns a run that compiles patterns for itself only and has no limit. */
export function unlimitedRun(): RuleRun {
  return { patterns: new PatternCache(), beforeCondition: () => undefined };
}

/** The paths that a valid rule tests. */
export function testedPaths(when: unknown): string[] {
  return pathsOf(parseRule(when, '', { operandLengths: false, patterns: false }).parts);
}

/**
 * Whether an adjustment applies to the facts of a usage. One whose stored rule is corrupt never does. Throws what
 * `beforeCondition` of the run throws.
 */
export function isApplicable({ when }: PriceAdjustment, facts: RuleContext, run: RuleRun): boolean {
  try {
    const { equalities, predicate } = compileRule(when);
    const areEqual = equalities.every(({ path, value }) => equalsScalar(valueAt(facts, path), value));
    const evaluation: Evaluation = {
      context: facts,
      patterns: run.patterns,
      beforeCondition: () => run.beforeCondition(),
    };
    return areEqual && (predicate === null || predicate(evaluation));
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

import { compareText } from '../common/compare-text';
import { type FieldError } from '../common/domain-error';
import { type JsonObject } from '../common/json-object';
import { isScalar } from './context-value';
import { describeMatch } from './describe-match';
import { describeMismatch } from './describe-mismatch';
import { createPredicate } from './predicate';
import { type Equality, type Evaluation, type Rule, type Scalar } from './rule';
import { type Condition, type RuleNode } from './rule-node';
import { type ParsedRule, parseRule } from './rule-parser';

const UNCONDITIONAL: Rule = { conditions: 0, equalities: [], predicate: null };

/** A `when` that does not compile. The pointers of `errors` start at the rule. */
export class InvalidRuleError extends Error {
  constructor(readonly errors: readonly FieldError[]) {
    super(errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' '));
    this.name = 'InvalidRuleError';
  }
}

/** Returns the problems of a new `when`, with pointers below `pointer`; none if it may be saved. See `parseRule`. */
export function ruleProblems(when: unknown, pointer: string): FieldError[] {
  return [...parseRule(when, pointer, { operandLengths: true, patterns: true }).problems];
}

/** Returns what a valid `when` may not mean to people who know MongoDB or other gateways, with pointers below `pointer`. */
export function ruleWarnings(when: JsonObject, pointer: string): FieldError[] {
  return [...parseRule(when, pointer, { operandLengths: false, patterns: false }).warnings];
}

/**
 * Compiles a stored `when` for many contexts. Throws `InvalidRuleError` for a corrupt one. Patterns compile when a test
 * first needs them, because that takes long. Such a test throws `InvalidPatternError` for a corrupt pattern.
 */
export function compileRule(when: unknown): Rule {
  const { parts, conditions } = parseStored(when, false);
  if (conditions === 0) return UNCONDITIONAL;
  const equalities = new Map<string, Equality>();
  const others: RuleNode[] = [];
  for (const part of parts) {
    if (isScalarEquality(part) && !equalities.has(part.path)) {
      equalities.set(part.path, { path: part.path, value: part.operand });
    } else {
      others.push(part);
    }
  }
  const sorted = [...equalities.values()].sort((left, right) => compareText(left.path, right.path));
  return { conditions, equalities: sorted, predicate: others.length === 0 ? null : createPredicate(others) };
}

/**
 * Explains why a rule does not match, with the context's value. Returns null if it matches. Throws `InvalidRuleError`,
 * also for a corrupt pattern. Parses the rule on every call, so it suits single responses, not hot paths.
 */
export function explainMismatch(when: unknown, evaluation: Evaluation): string | null {
  return describeMismatch(parseStored(when, true).parts, evaluation);
}

/** Returns what `explainMismatch` returns, for a rule that `ruleProblems` has just validated. Compiles fewer patterns. */
export function explainValidMismatch(when: unknown, evaluation: Evaluation): string | null {
  return describeMismatch(parseStored(when, false).parts, evaluation);
}

/** Explains why a rule matches: its conditions, and the context's values that satisfy them. The rule must match. */
export function explainMatch(when: unknown, evaluation: Evaluation): string {
  return describeMatch(parseStored(when, true).parts, evaluation);
}

function parseStored(when: unknown, patterns: boolean): ParsedRule {
  const parsed = parseRule(when, '', { operandLengths: false, patterns });
  if (parsed.problems.length > 0) throw new InvalidRuleError(parsed.problems);
  return parsed;
}

function isScalarEquality(part: RuleNode): part is Condition & { operand: Scalar } {
  return part.kind === 'condition' && part.operator === '$eq' && isScalar(part.operand);
}

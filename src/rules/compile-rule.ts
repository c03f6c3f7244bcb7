import { compareText } from '../common/compare-text';
import { type FieldError } from '../common/domain-error';
import { isScalar } from './context-value';
import { describeMatch } from './describe-match';
import { describeMismatch } from './describe-mismatch';
import { internEquality } from './intern-equality';
import { createPredicate } from './predicate';
import { type Equality, type Rule, type RuleContext, type Scalar } from './rule';
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

/** Returns the problems of a `when`, with pointers below `pointer`; none if it compiles. See `parseRule`. */
export function ruleProblems(when: unknown, pointer: string): FieldError[] {
  return [...parseRule(when, pointer).problems];
}

/** Compiles a `when` for many contexts. Throws `InvalidRuleError` if `ruleProblems` returns any. */
export function compileRule(when: unknown): Rule {
  const { parts, conditions } = parseValid(when);
  if (conditions === 0) return UNCONDITIONAL;
  const equalities = new Map<string, Equality>();
  const others: RuleNode[] = [];
  for (const part of parts) {
    if (isScalarEquality(part) && !equalities.has(part.path)) {
      equalities.set(part.path, internEquality(part.path, part.operand));
    } else {
      others.push(part);
    }
  }
  const sorted = [...equalities.values()].sort((left, right) => compareText(left.path, right.path));
  return { conditions, equalities: sorted, predicate: others.length === 0 ? null : createPredicate(others) };
}

/**
 * Explains why a rule does not match, with the context's value. Returns null if it matches. Throws `InvalidRuleError` as
 * `compileRule` does. Parses the rule on every call, so it suits single responses, not hot paths.
 */
export function explainMismatch(when: unknown, context: RuleContext): string | null {
  return describeMismatch(parseValid(when).parts, context);
}

/** Explains why a rule matches: its conditions, and the context's values that satisfy them. The rule must match. */
export function explainMatch(when: unknown, context: RuleContext): string {
  return describeMatch(parseValid(when).parts, context);
}

function parseValid(when: unknown): ParsedRule {
  const parsed = parseRule(when, '');
  if (parsed.problems.length > 0) throw new InvalidRuleError(parsed.problems);
  return parsed;
}

function isScalarEquality(part: RuleNode): part is Condition & { operand: Scalar } {
  return part.kind === 'condition' && part.operator === '$eq' && isScalar(part.operand);
}

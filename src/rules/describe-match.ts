import { valueAt } from './context-value';
import { describeMismatch } from './describe-mismatch';
import { pointerOfPath } from './path';
import { type RuleContext } from './rule';
import { type Condition, type Conjunction, type Disjunction, type RuleNode } from './rule-node';
import { truncate, quote, expectationText, MAX_DESCRIPTION_LENGTH, valueText } from './rule-text';

/** Describes the conditions of a rule that matches the context, with the values that satisfy them. */
export function describeMatch(parts: Conjunction, context: RuleContext): string {
  return truncate(parts.map((part) => describeNode(part, context)).join(' and '), MAX_DESCRIPTION_LENGTH);
}

/** Returns null if the rule does not match. Tests each condition once, because a pattern may take long. */
function describeIfMatching(parts: Conjunction, context: RuleContext): string | null {
  const conditions: string[] = [];
  for (const part of parts) {
    if (!isOr(part) && describeMismatch([part], context) !== null) return null;
    const condition = describeNode(part, context);
    if (condition === null) return null;
    conditions.push(condition);
  }
  return truncate(conditions.join(' and '), MAX_DESCRIPTION_LENGTH);
}

/** Describes a part that matches. Returns null for an `$or` that does not match. */
function describeNode(node: RuleNode, context: RuleContext): string | null {
  switch (node.kind) {
    case 'condition':
      return describeCondition(node, context);
    case 'disjunction':
      return node.isNegated ? 'no rule in $nor matches' : describeOr(node, context);
    case 'negation': {
      if (node.path === null) return `${quote(node.written)} does not match`;
      const value = valueText(valueAt(context, node.path));
      return `${pointerOfPath(node.path)} is not ${quote(node.written)} (got ${value})`;
    }
  }
}

function isOr(node: RuleNode): boolean {
  return node.kind === 'disjunction' && !node.isNegated;
}

function describeCondition({ path, operator, operand }: Condition, context: RuleContext): string {
  const value = valueText(valueAt(context, path));
  const isEqual = operator === '$eq' && value === quote(operand);
  const condition = `${pointerOfPath(path)} is ${expectationText(operator, operand)}`;
  return isEqual ? condition : `${condition} (got ${value})`;
}

function describeOr({ rules }: Disjunction, context: RuleContext): string | null {
  for (const rule of rules) {
    const match = describeIfMatching(rule, context);
    if (match !== null) return `$or matches (${match})`;
  }
  return null;
}

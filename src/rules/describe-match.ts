import { valueAt } from './context-value';
import { describeMismatch } from './describe-mismatch';
import { pointerOfPath } from './path';
import { type RuleContext } from './rule';
import { type Condition, type Conjunction, type Disjunction, type RuleNode } from './rule-node';
import { truncate, quote, expectationText, MAX_DESCRIPTION_LENGTH, valueText } from './rule-text';

/** Describes the conditions of a rule that matches the context, with the values that satisfy them. */
export function describeMatch(parts: Conjunction, context: RuleContext): string {
  const conditions = parts.map((part) => describeNode(part, context)).join(' and ');
  return truncate(conditions, MAX_DESCRIPTION_LENGTH);
}

function describeNode(node: RuleNode, context: RuleContext): string {
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

function describeCondition({ path, operator, operand }: Condition, context: RuleContext): string {
  const value = valueText(valueAt(context, path));
  const isEqual = operator === '$eq' && value === quote(operand);
  const condition = `${pointerOfPath(path)} is ${expectationText(operator, operand)}`;
  return isEqual ? condition : `${condition} (got ${value})`;
}

function describeOr({ rules }: Disjunction, context: RuleContext): string {
  const match = rules.find((rule) => describeMismatch(rule, context) === null);
  return `$or matches (${describeMatch(match!, context)})`;
}

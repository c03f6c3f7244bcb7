import { truncate } from '../common/truncate';
import { valueAt } from './context-value';
import { describeMismatch } from './describe-mismatch';
import { pointerOfPath } from './path';
import { type Evaluation } from './rule';
import { type Condition, type Conjunction, type Disjunction, type RuleNode } from './rule-node';
import { quote, expectationText, MAX_DESCRIPTION_LENGTH, valueText } from './rule-text';
import { firstUnsearchedNote } from './searched-text';

/** Describes the conditions of a rule that matches the context, with the values that satisfy them. */
export function describeMatch(parts: Conjunction, evaluation: Evaluation): string {
  return truncate(parts.map((part) => describeNode(part, evaluation)).join(' and '), MAX_DESCRIPTION_LENGTH);
}

/** Returns null if the rule does not match. Tests each condition once, because a pattern may take long. */
function describeIfMatching(parts: Conjunction, evaluation: Evaluation): string | null {
  const conditions: string[] = [];
  for (const part of parts) {
    if (!isOr(part) && describeMismatch([part], evaluation) !== null) return null;
    const condition = describeNode(part, evaluation);
    if (condition === null) return null;
    conditions.push(condition);
  }
  return truncate(conditions.join(' and '), MAX_DESCRIPTION_LENGTH);
}

/** Describes a part that matches. Returns null for an `$or` that does not match. */
function describeNode(node: RuleNode, evaluation: Evaluation): string | null {
  switch (node.kind) {
    case 'condition':
      return describeCondition(node, evaluation);
    case 'disjunction':
      if (!node.isNegated) return describeOr(node, evaluation);
      return `no rule in $nor matches${firstUnsearchedNote(node.rules.flat(), evaluation.context)}`;
    case 'negation': {
      const note = firstUnsearchedNote(node.rule, evaluation.context);
      if (node.path === null) return `${quote(node.written)} does not match${note}`;
      const value = valueText(valueAt(evaluation.context, node.path));
      return `${pointerOfPath(node.path)} is not ${quote(node.written)} (got ${value})${note}`;
    }
  }
}

function isOr(node: RuleNode): boolean {
  return node.kind === 'disjunction' && !node.isNegated;
}

function describeCondition({ path, operator, operand }: Condition, evaluation: Evaluation): string {
  const value = valueText(valueAt(evaluation.context, path));
  const isEqual = operator === '$eq' && value === quote(operand);
  const condition = `${pointerOfPath(path)} is ${expectationText(operator, operand)}`;
  return isEqual ? condition : `${condition} (got ${value})`;
}

function describeOr({ rules }: Disjunction, evaluation: Evaluation): string | null {
  for (const rule of rules) {
    const match = describeIfMatching(rule, evaluation);
    if (match !== null) return `$or matches (${match})`;
  }
  return null;
}

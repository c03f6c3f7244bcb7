import { valueAt } from './context-value';
import { pointerOfPath } from './path';
import { MAX_MATCHED_LENGTH } from './pattern';
import { type RuleContext } from './rule';
import { type Condition, type Conjunction, type Disjunction, type RuleNode } from './rule-node';
import { truncate, quote, expectationText, MAX_DESCRIPTION_LENGTH, valueText } from './rule-text';
import { createValueTest } from './value-test';

const MAX_ALTERNATIVES = 3;

/** Describes the first part that the context does not satisfy. Returns null if it satisfies all of them. */
export function describeMismatch(parts: Conjunction, context: RuleContext): string | null {
  for (const part of parts) {
    const mismatch = describeNode(part, context);
    if (mismatch !== null) return truncate(mismatch, MAX_DESCRIPTION_LENGTH);
  }
  return null;
}

function describeNode(node: RuleNode, context: RuleContext): string | null {
  switch (node.kind) {
    case 'condition':
      return describeCondition(node, context);
    case 'disjunction':
      return node.isNegated ? describeNor(node, context) : describeOr(node, context);
    case 'negation': {
      if (describeMismatch(node.rule, context) !== null) return null;
      if (node.path === null) return `expected ${quote(node.written)} not to match, but it matches`;
      const value = valueText(valueAt(context, node.path));
      return `${pointerOfPath(node.path)} expected not ${quote(node.written)}, got ${value}`;
    }
  }
}

function describeCondition({ path, operator, operand }: Condition, context: RuleContext): string | null {
  const value = valueAt(context, path);
  if (createValueTest(operator, operand)(value)) return null;
  const isTooLong = operator === '$regex' && typeof value === 'string' && value.length > MAX_MATCHED_LENGTH;
  const note = isTooLong ? ` (${value.length} characters; $regex tests at most ${MAX_MATCHED_LENGTH})` : '';
  const expected = expectationText(operator, operand);
  return `${pointerOfPath(path)} expected ${expected}, got ${valueText(value)}${note}`;
}

function describeOr({ rules }: Disjunction, context: RuleContext): string | null {
  const mismatches: string[] = [];
  for (const rule of rules) {
    const mismatch = describeMismatch(rule, context);
    if (mismatch === null) return null;
    mismatches.push(mismatch);
  }
  const shown = mismatches.slice(0, MAX_ALTERNATIVES).join('; ');
  const more = mismatches.length > MAX_ALTERNATIVES ? '; …' : '';
  return `none of the ${rules.length} rules in $or matches: ${shown}${more}`;
}

function describeNor({ rules, written }: Disjunction, context: RuleContext): string | null {
  const match = rules.findIndex((rule) => describeMismatch(rule, context) === null);
  return match === -1 ? null : `expected no rule in $nor to match, but ${quote(written[match])} matches`;
}

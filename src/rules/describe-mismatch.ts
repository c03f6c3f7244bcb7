import { truncate } from '../common/truncate';
import { valueAt } from './context-value';
import { pointerOfPath } from './path';
import { type Evaluation } from './rule';
import { pathHabitNote } from './rule-habits';
import { type Condition, type Conjunction, type Disjunction, type RuleNode } from './rule-node';
import { quote, expectationText, MAX_DESCRIPTION_LENGTH, valueText } from './rule-text';
import { unsearchedNote } from './searched-text';
import { createValueTest } from './value-test';

const MAX_ALTERNATIVES = 3;

/** Describes the first part that the context does not satisfy. Returns null if it satisfies all of them. */
export function describeMismatch(parts: Conjunction, evaluation: Evaluation): string | null {
  for (const part of parts) {
    const mismatch = describeNode(part, evaluation);
    if (mismatch !== null) return truncate(mismatch, MAX_DESCRIPTION_LENGTH);
  }
  return null;
}

function describeNode(node: RuleNode, evaluation: Evaluation): string | null {
  switch (node.kind) {
    case 'condition':
      return describeCondition(node, evaluation);
    case 'disjunction':
      return node.isNegated ? describeNor(node, evaluation) : describeOr(node, evaluation);
    case 'negation': {
      if (describeMismatch(node.rule, evaluation) !== null) return null;
      if (node.path === null) return `expected ${quote(node.written)} not to match, but it matches`;
      const value = valueText(valueAt(evaluation.context, node.path));
      return `${pointerOfPath(node.path)} expected not ${quote(node.written)}, got ${value}`;
    }
  }
}

function describeCondition({ path, operator, operand }: Condition, evaluation: Evaluation): string | null {
  evaluation.beforeCondition();
  const value = valueAt(evaluation.context, path);
  if (createValueTest(operator, operand)(value, evaluation.patterns)) return null;
  const expected = expectationText(operator, operand);
  const note = unsearchedNote(operator, value) || pathHabitNote(path, evaluation.context);
  return `${pointerOfPath(path)} expected ${expected}, got ${valueText(value)}${note}`;
}

function describeOr({ rules }: Disjunction, evaluation: Evaluation): string | null {
  const mismatches: string[] = [];
  for (const rule of rules) {
    const mismatch = describeMismatch(rule, evaluation);
    if (mismatch === null) return null;
    mismatches.push(mismatch);
  }
  const shown = mismatches.slice(0, MAX_ALTERNATIVES).join('; ');
  const more = mismatches.length > MAX_ALTERNATIVES ? '; …' : '';
  return `none of the ${rules.length} rules in $or matches: ${shown}${more}`;
}

function describeNor({ rules, written }: Disjunction, evaluation: Evaluation): string | null {
  const match = rules.findIndex((rule) => describeMismatch(rule, evaluation) === null);
  return match === -1 ? null : `expected no rule in $nor to match, but ${quote(written[match])} matches`;
}

import { jsonPointer } from '../common/json-pointer';
import { valueAt } from './context-value';
import { type ValueOperator } from './operators';
import { MAX_MATCHED_LENGTH } from './pattern';
import { cut, quoted } from './quoted';
import { type RuleContext } from './rule';
import { type Condition, type Conjunction, type Disjunction, type RuleNode } from './rule-node';
import { valueTest } from './value-test';

const MAX_ALTERNATIVES = 3;
const MAX_LENGTH = 500;

/** What an operator expects, before its operand. `$exists` has words of its own. */
const EXPECTATIONS: Readonly<Record<Exclude<ValueOperator, '$exists'>, string>> = {
  $eq: '',
  $ne: 'anything but ',
  $gt: 'more than ',
  $gte: 'at least ',
  $lt: 'less than ',
  $lte: 'at most ',
  $in: 'one of ',
  $nin: 'none of ',
  $contains: 'something that contains ',
  $startsWith: 'something that starts with ',
  $endsWith: 'something that ends with ',
  $regex: 'a match of ',
};

/** Why a context does not satisfy every part: the first that fails; null where all hold. */
export function explanationOf(parts: Conjunction, context: RuleContext): string | null {
  for (const part of parts) {
    const reason = explanationOfNode(part, context);
    if (reason !== null) return cut(reason, MAX_LENGTH);
  }
  return null;
}

function explanationOfNode(node: RuleNode, context: RuleContext): string | null {
  switch (node.kind) {
    case 'condition':
      return conditionReason(node, context);
    case 'disjunction':
      return node.negated ? noneReason(node, context) : anyReason(node, context);
    case 'negation': {
      if (explanationOf(node.rule, context) !== null) return null;
      if (node.path === null) return `expected not ${quoted(node.written)}, but it holds`;
      return `${pointerOfPath(node.path)} expected not ${quoted(node.written)}, got ${got(valueAt(context, node.path))}`;
    }
  }
}

function conditionReason({ path, operator, operand }: Condition, context: RuleContext): string | null {
  const value = valueAt(context, path);
  if (valueTest(operator, operand)(value)) return null;
  const unread = operator === '$regex' && typeof value === 'string' && value.length > MAX_MATCHED_LENGTH;
  const note = unread ? ` (${value.length} characters; $regex looks at ${MAX_MATCHED_LENGTH} at most)` : '';
  return `${pointerOfPath(path)} expected ${expectation(operator, operand)}, got ${got(value)}${note}`;
}

function expectation(operator: ValueOperator, operand: unknown): string {
  if (operator === '$exists') return operand === true ? 'any value' : 'nothing';
  return `${EXPECTATIONS[operator]}${quoted(operand)}`;
}

function got(value: unknown): string {
  return value === undefined ? 'nothing' : quoted(value);
}

function anyReason({ rules }: Disjunction, context: RuleContext): string | null {
  const reasons: string[] = [];
  for (const rule of rules) {
    const reason = explanationOf(rule, context);
    if (reason === null) return null;
    reasons.push(reason);
  }
  const told = reasons.slice(0, MAX_ALTERNATIVES).join('; ');
  return `none of the ${rules.length} in $or held: ${told}${reasons.length > MAX_ALTERNATIVES ? '; …' : ''}`;
}

function noneReason({ rules, written }: Disjunction, context: RuleContext): string | null {
  const held = rules.findIndex((rule) => explanationOf(rule, context) === null);
  return held === -1 ? null : `expected none of those in $nor, but ${quoted(written[held])} holds`;
}

/** Converts a dotted path. */
function pointerOfPath(path: string): string {
  return jsonPointer('', ...path.split('.'));
}

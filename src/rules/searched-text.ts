import { type FieldError } from '../common/domain-error';
import { ItemValues, itemsOf, valueAt } from './context-value';
import { type ValueOperator } from './operators';
import { MAX_MATCHED_LENGTH } from './pattern';
import { type RuleContext } from './rule';
import { type Conjunction, type RuleNode } from './rule-node';

/**
 * The limits of `$contains`, `$startsWith` and `$endsWith`, in UTF-16 code units. Searching a text may take time
 * proportional to the product of both lengths, which these limits bound to two million steps.
 */
const MAX_OPERAND_LENGTH = 256;
export const MAX_SEARCHED_LENGTH = 8_192;

const SEARCH_OPERATORS: ReadonlySet<ValueOperator> = new Set(['$contains', '$startsWith', '$endsWith']);

export function isSearched(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_SEARCHED_LENGTH;
}

/** Returns what is wrong with the length of an operand of a new rule. Stored rules may have a longer operand. */
export function operandLengthProblems(
  operator: ValueOperator,
  operand: unknown,
  pointer: string,
): FieldError[] {
  if (!SEARCH_OPERATORS.has(operator) || typeof operand !== 'string') return [];
  if (operand.length <= MAX_OPERAND_LENGTH) return [];
  const detail = `Must have at most ${MAX_OPERAND_LENGTH} characters, but has ${operand.length}.`;
  return [{ pointer, code: 'length', detail }];
}

/** Returns a note in parentheses if an operator does not look at a text because of its length; otherwise ''. */
export function unsearchedNote(operator: ValueOperator, value: unknown): string {
  const length = unsearchedLength(operator, value);
  if (length === null) return '';
  const limit = operator === '$regex' ? MAX_MATCHED_LENGTH : MAX_SEARCHED_LENGTH;
  return ` (${length} characters; ${operator} tests at most ${limit})`;
}

/** Returns the first note about a condition of a rule, or ''. */
export function firstUnsearchedNote(parts: Conjunction, context: RuleContext): string {
  for (const part of parts) {
    const note = noteOfNode(part, context);
    if (note !== '') return note;
  }
  return '';
}

function noteOfNode(node: RuleNode, context: RuleContext): string {
  switch (node.kind) {
    case 'condition':
      return unsearchedNote(node.operator, valueAt(context, node.path));
    case 'disjunction':
      return firstUnsearchedNote(node.rules.flat(), context);
    case 'negation':
      return firstUnsearchedNote(node.rule, context);
  }
}

function unsearchedLength(operator: ValueOperator, value: unknown): number | null {
  if (operator === '$regex') return lengthAbove(MAX_MATCHED_LENGTH, itemsOf(value));
  if (operator === '$contains') {
    // In an array, $contains compares whole items.
    return lengthAbove(MAX_SEARCHED_LENGTH, value instanceof ItemValues ? value.values : [value]);
  }
  if (!SEARCH_OPERATORS.has(operator)) return null;
  return textsOf(itemsOf(value)).find(({ length }) => length > MAX_SEARCHED_LENGTH)?.length ?? null;
}

/** Returns the length of all texts if it is above the limit. */
function lengthAbove(limit: number, items: readonly unknown[]): number | null {
  const length = textsOf(items).reduce((sum, text) => sum + text.length, 0);
  return length > limit ? length : null;
}

function textsOf(items: readonly unknown[]): string[] {
  return items.filter((item) => typeof item === 'string');
}

import { type ValueOperator } from './operators';

const MAX_QUOTED = 80;

/** The text before the operand. `$exists` has texts of its own. */
const EXPECTATIONS: Readonly<Record<Exclude<ValueOperator, '$exists'>, string>> = {
  $eq: '',
  $ne: 'anything but ',
  $gt: 'more than ',
  $gte: 'at least ',
  $lt: 'less than ',
  $lte: 'at most ',
  $in: 'one of ',
  $nin: 'none of ',
  $contains: 'a value that contains ',
  $startsWith: 'a value that starts with ',
  $endsWith: 'a value that ends with ',
  $regex: 'a match for ',
};

/** The maximum length of the description of a match or mismatch. */
export const MAX_DESCRIPTION_LENGTH = 500;

/** An operator and its operand in words, such as `at least 5`. */
export function expectationText(operator: ValueOperator, operand: unknown): string {
  if (operator === '$exists') return operand === true ? 'any value' : 'no value';
  return `${EXPECTATIONS[operator]}${quote(operand)}`;
}

/** A context's value in words; `nothing` for a missing path. */
export function valueText(value: unknown): string {
  return value === undefined ? 'nothing' : quote(value);
}

/** A value as JSON, truncated if it is long. */
export function quote(value: unknown): string {
  return truncate(JSON.stringify(value) ?? String(value), MAX_QUOTED);
}

/** Truncates a text without splitting a surrogate pair. */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

import { truncate } from '../common/truncate';
import { ItemValues, keysOf } from './context-value';
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
  if (value instanceof ItemValues) return `${quote(value.values)} in the items of an array`;
  return value === undefined ? 'nothing' : quote(value);
}

/** A value as JSON, truncated if it is long. Takes time for the quoted part only. */
export function quote(value: unknown): string {
  return truncate(jsonStart(value, MAX_QUOTED + 1), MAX_QUOTED);
}

/** Returns the JSON of a value, or a part of it that has at least `length` characters and the same start. */
function jsonStart(value: unknown, length: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, length));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  const isArray = Array.isArray(value);
  const keys = isArray ? value.keys() : keysOf(value);
  let text = isArray ? '[' : '{';
  for (const key of keys) {
    if (text.length >= length) return text;
    if (text.length > 1) text += ',';
    if (!isArray) text += `${jsonStart(key, length)}:`;
    text += jsonStart((value as Record<string | number, unknown>)[key], length - text.length);
  }
  return text + (isArray ? ']' : '}');
}

import { type ValueOperator } from './operators';
import { quoted } from './quoted';

/** What an operator expects, before its operand. `$exists` takes no operand in words. */
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

/** Descriptions of a rule are at most this long. */
export const MAX_DESCRIPTION_LENGTH = 500;

/** An operator and its operand in words, such as `at least 5`. */
export function expectationText(operator: ValueOperator, operand: unknown): string {
  if (operator === '$exists') return operand === true ? 'any value' : 'no value';
  return `${EXPECTATIONS[operator]}${quoted(operand)}`;
}

/** A context's value in words; `nothing` for a missing path. */
export function valueText(value: unknown): string {
  return value === undefined ? 'nothing' : quoted(value);
}

import {
  canonicalText,
  deepEquals,
  equalsScalar,
  isScalar,
  isSeveral,
  ItemValues,
  itemsOf,
} from './context-value';
import { type ValueOperator } from './operators';
import { matchesPattern } from './pattern';
import { type PatternCache } from './pattern-cache';
import { isSearched, MAX_SEARCHED_LENGTH } from './searched-text';

/**
 * Whether a context's value satisfies an operator. The value is undefined if its path is missing. The cache is for the
 * patterns of `$regex`.
 */
export type ValueTest = (value: unknown, patterns: PatternCache) => boolean;

type ItemTest = (value: unknown) => boolean;

/** Up to this size, searching a list is as fast as a set and uses less memory. */
const MAX_SCANNED = 8;

type Comparable = string | number;

const isPresent: ItemTest = (value) => value !== undefined;
const isMissing: ItemTest = (value) => value === undefined;

/**
 * Creates the test of an operator with an operand that the parser accepts.
 *
 * As in MongoDB, `ItemValues` match if one of the values does, and `$ne` and `$nin` if no value equals the operand. An
 * array matches equality with a scalar, comparisons, `$startsWith`, `$endsWith` and `$regex` if one of its items does.
 * Comparisons need two numbers or two texts, which compare by code unit; other pairs never match. A text that is too long
 * to search never matches. Each test takes time linear in its operand and value, except for a search, whose limits bound
 * it.
 */
export function createValueTest(operator: ValueOperator, operand: unknown): ValueTest {
  switch (operator) {
    case '$eq':
      return equalTo(operand);
    case '$ne':
      return not(equalTo(operand));
    case '$in':
      return oneOf(operand as unknown[]);
    case '$nin':
      return not(oneOf(operand as unknown[]));
    case '$exists':
      return operand === true ? isPresent : isMissing;
    case '$contains':
      return containing(operand);
    case '$regex':
      return (value, patterns) =>
        matchesPattern(operand as string, value instanceof ItemValues ? itemsOf(value) : value, patterns);
    case '$startsWith':
      return ofOneItem((item) => isSearched(item) && item.startsWith(operand as string));
    case '$endsWith':
      return ofOneItem((item) => isSearched(item) && item.endsWith(operand as string));
    default:
      return ofOneItem(comparison(operator, operand as Comparable));
  }
}

function comparison(operator: '$gt' | '$gte' | '$lt' | '$lte', operand: Comparable): ItemTest {
  switch (operator) {
    case '$gt':
      return (item) => isLike(item, operand) && item > operand;
    case '$gte':
      return (item) => isLike(item, operand) && item >= operand;
    case '$lt':
      return (item) => isLike(item, operand) && item < operand;
    case '$lte':
      return (item) => isLike(item, operand) && item <= operand;
  }
}

function isLike(item: unknown, operand: Comparable): item is Comparable {
  return typeof item === typeof operand;
}

function ofOneItem(test: ItemTest): ItemTest {
  return (value) => (isSeveral(value) ? itemsOf(value).some(test) : test(value));
}

function ofOneValue(test: ItemTest): ItemTest {
  return (value) => (value instanceof ItemValues ? value.values.some(test) : test(value));
}

function not(test: ItemTest): ItemTest {
  return (value) => !test(value);
}

function equalTo(operand: unknown): ItemTest {
  if (isScalar(operand)) return (value) => equalsScalar(value, operand);
  return ofOneValue((value) => deepEquals(value, operand));
}

function oneOf(operands: readonly unknown[]): ItemTest {
  const isScalarListed = oneOfScalars(operands.filter(isScalar).slice());
  const others = operands.filter((operand) => !isScalar(operand));
  if (others.length === 0) return ofOneValue(isScalarListed);
  return (value) => {
    if (value instanceof ItemValues) {
      return value.values.some(isScalarListed) || haveEqualItems(value.values, others);
    }
    return isScalarListed(value) || others.some((other) => deepEquals(value, other));
  };
}

/** Compares texts, because comparing each value with each operand would take the product of their numbers. */
function haveEqualItems(values: readonly unknown[], operands: readonly unknown[]): boolean {
  const texts = new Set(values.filter((value) => !isScalar(value)).map(canonicalText));
  return texts.size > 0 && operands.some((operand) => texts.has(canonicalText(operand)));
}

function oneOfScalars(scalars: readonly unknown[]): ItemTest {
  if (scalars.length > MAX_SCANNED) return oneOfSet(new Set(scalars));
  return (value) =>
    scalars.includes(value) || (Array.isArray(value) && value.some((item) => scalars.includes(item)));
}

function oneOfSet(scalars: ReadonlySet<unknown>): ItemTest {
  return (value) => scalars.has(value) || (Array.isArray(value) && value.some((item) => scalars.has(item)));
}

function containing(operand: unknown): ItemTest {
  const test: ItemTest = (value) => {
    if (Array.isArray(value)) return value.some((item) => deepEquals(item, operand));
    return isSearched(value) && typeof operand === 'string' && value.includes(operand);
  };
  return (value) => (value instanceof ItemValues ? searchedValues(value.values).some(test) : test(value));
}

/** Drops the texts beyond the length that is searched in all, because each one may take the time of the longest. */
function searchedValues(values: readonly unknown[]): unknown[] {
  let left = MAX_SEARCHED_LENGTH;
  return values.filter((value) => typeof value !== 'string' || (left -= value.length) >= 0);
}

import { type FieldError } from '../common/domain-error';
import { isJsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { isScalar } from './context-value';
import { isOperatorName, type ValueOperator } from './operators';
import { MAX_PATTERN_LENGTH } from './pattern';
import { quote } from './rule-text';

export const MAX_DEPTH = 16;

export const TOO_DEEP = { code: 'when.too_deep', detail: `Must nest at most ${MAX_DEPTH} levels deep.` };

/** Returns the problems of an operand at nesting level `depth`. The parser validates patterns. */
export function operandProblems(
  operator: ValueOperator,
  operand: unknown,
  pointer: string,
  depth: number,
): FieldError[] {
  const wrongType = (detail: string): FieldError[] => [{ pointer, code: 'when.type', detail }];
  switch (operator) {
    case '$eq':
    case '$ne':
    case '$contains':
      return valueProblems(operand, pointer, depth);
    case '$in':
    case '$nin':
      if (!Array.isArray(operand)) return wrongType('Must be a list of values, such as ["a","b"].');
      return valueProblems(operand, pointer, depth);
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte': {
      const comparable = typeof operand === 'string' || Number.isFinite(operand);
      return comparable ? [] : wrongType('Must be a number or a string.');
    }
    case '$exists':
      return typeof operand === 'boolean' ? [] : wrongType('Must be true or false.');
    case '$startsWith':
    case '$endsWith':
      return typeof operand === 'string' ? [] : wrongType('Must be a string.');
    case '$regex': {
      const fits = typeof operand === 'string' && operand.length <= MAX_PATTERN_LENGTH;
      return fits ? [] : wrongType(`Must be a string of at most ${MAX_PATTERN_LENGTH} characters.`);
    }
  }
}

/**
 * Returns the problems of a value that is compared as a whole. An operator inside it would be compared as a plain key, so
 * the rule would never match. With `path`, the path of the value, the detail shows the correct form.
 */
export function valueProblems(value: unknown, pointer: string, depth: number, path?: string): FieldError[] {
  if (isFiniteScalar(value)) return [];
  if (depth >= MAX_DEPTH) return [{ pointer, ...TOO_DEEP }];
  if (Array.isArray(value)) {
    // Most items are scalars, and a pointer takes longer than the check.
    return value.flatMap((item, index) =>
      isFiniteScalar(item) ? [] : valueProblems(item, jsonPointer(pointer, index), depth + 1),
    );
  }
  if (!isJsonObject(value)) return [{ pointer, code: 'when.type', detail: 'Must be a JSON value.' }];
  return Object.entries(value).flatMap(([key, entry]) => {
    if (isFiniteScalar(entry) && !isOperatorName(key)) return [];
    const at = jsonPointer(pointer, key);
    if (isOperatorName(key))
      return [{ pointer: at, code: 'when.operator', detail: describeMisplaced(key, path) }];
    return valueProblems(entry, at, depth + 1, path === undefined ? undefined : `${path}.${key}`);
  });
}

function isFiniteScalar(value: unknown): boolean {
  return isScalar(value) && (typeof value !== 'number' || Number.isFinite(value));
}

function describeMisplaced(operator: string, path: string | undefined): string {
  const instead = path === undefined ? '' : ` Send {${quote(path)}: {${quote(operator)}: …}}.`;
  return `Must not be an operator inside a value, which is compared as a whole.${instead}`;
}

import type { FieldError, RuleViolation } from '../common/domain-error';
import { isJsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';

/** Returns the problems of a JSON value, with pointers that start with `pointer`. */
export type Check = (value: unknown, pointer: string) => FieldError[];

interface Member {
  readonly check: Check;
  readonly isRequired: boolean;
}

export const required = (check: Check): Member => ({ check, isRequired: true });
export const optional = (check: Check): Member => ({ check, isRequired: false });

/** Checks one value. */
export function valueCheck(problem: (value: unknown) => RuleViolation | null): Check {
  return (value, pointer) => {
    const violation = problem(value);
    return violation === null ? [] : [{ pointer, ...violation }];
  };
}

/** Checks a text. `isValid` decides about its form, and `expected` completes "Must be". */
export function textCheck(expected: string, isValid: (text: string) => boolean): Check {
  const detail = `Must be ${expected}.`;
  return valueCheck((value) => {
    if (typeof value !== 'string') return { code: 'type', detail };
    return isValid(value) ? null : { code: 'format', detail };
  });
}

/** Checks a text of a closed set. */
export function wordCheck(words: readonly string[]): Check {
  const detail = `Must be one of: ${words.join(', ')}.`;
  return valueCheck((value) => {
    if (typeof value !== 'string') return { code: 'type', detail };
    return words.includes(value) ? null : { code: 'enum', detail };
  });
}

/** Checks a text of at most `maximum` characters. */
export function lengthCheck(maximum: number): Check {
  const detail = `Must be a text of at most ${maximum} characters.`;
  return valueCheck((value) => {
    if (typeof value !== 'string') return { code: 'type', detail };
    return value.length <= maximum ? null : { code: 'length', detail };
  });
}

/** Checks a whole number. */
export function integerCheck(minimum: number, maximum: number): Check {
  const detail = `Must be a whole number from ${minimum} to ${maximum}.`;
  return valueCheck((value) => {
    if (typeof value !== 'number') return { code: 'type', detail };
    return Number.isInteger(value) && value >= minimum && value <= maximum ? null : { code: 'range', detail };
  });
}

/** Checks an object whose members are known. An optional member may be absent or null. */
export function objectCheck(members: Readonly<Record<string, Member>>): Check {
  const known = new Map(Object.entries(members));
  const unknown = `Unknown field. The fields are ${[...known.keys()].join(', ')}.`;
  return (value, pointer) => {
    if (!isJsonObject(value)) return [{ pointer, code: 'type', detail: 'Must be an object.' }];
    // The name is not in the pointer, because it may contain a secret.
    const hasUnknown = Object.keys(value).some((name) => !known.has(name));
    const errors = hasUnknown ? [{ pointer, code: 'unknown_field', detail: unknown }] : [];
    for (const [name, { check, isRequired }] of known) {
      const at = jsonPointer(pointer, name);
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      if (member !== undefined && (member !== null || isRequired)) errors.push(...check(member, at));
      else if (isRequired) errors.push({ pointer: at, code: 'required', detail: 'Is required.' });
    }
    return errors;
  };
}

/** Checks a list. `key` identifies an item among the others. */
export function listCheck(
  item: Check,
  { minimum = 0, maximum, key }: { minimum?: number; maximum: number; key?: (item: unknown) => unknown },
): Check {
  return (value, pointer) => {
    if (!Array.isArray(value)) return [{ pointer, code: 'type', detail: 'Must be a list.' }];
    if (value.length < minimum || value.length > maximum) {
      const detail = `Must have ${minimum > 0 ? `from ${minimum} to` : 'at most'} ${maximum} items.`;
      return [{ pointer, code: 'length', detail }];
    }
    const errors = value.flatMap((each, index) => item(each, jsonPointer(pointer, index)));
    if (errors.length > 0 || key === undefined || new Set(value.map(key)).size === value.length)
      return errors;
    return [{ pointer, code: 'unique', detail: 'Must not contain an item twice.' }];
  };
}

import { type Scalar } from '../../../rules/rule';

/**
 * Encodes a scalar as a part of a key. No part is a prefix of another, so joined parts can be split again, and only equal
 * lists of values have the same key.
 */
export function encodePart(value: Scalar): string {
  switch (typeof value) {
    case 'string':
      return `${value.length}:${value}`;
    case 'number':
      return `n${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    default:
      return 'z';
  }
}

/** Encodes the values of a rule in the order of its paths. Uses `join`, because concatenation would retain the parts. */
export function encodeKey(values: readonly Scalar[]): string {
  return values.map(encodePart).join('');
}

/** Splits a key into the parts that `encodePart` returned. */
export function splitKey(key: string): string[] {
  const parts: string[] = [];
  let start = 0;
  while (start < key.length) {
    const end = endOfPart(key, start);
    parts.push(key.slice(start, end));
    start = end;
  }
  return parts;
}

/** Returns the values that were passed to `encodeKey`. */
export function decodeKey(key: string): Scalar[] {
  return splitKey(key).map(valueOf);
}

function valueOf(part: string): Scalar {
  switch (part[0]) {
    case 't':
      return true;
    case 'f':
      return false;
    case 'z':
      return null;
    case 'n':
      return Number(part.slice(1, -1));
    default:
      return part.slice(part.indexOf(':') + 1);
  }
}

function endOfPart(key: string, start: number): number {
  const first = key[start]!;
  if (first === 't' || first === 'f' || first === 'z') return start + 1;
  if (first === 'n') return key.indexOf(';', start) + 1;
  const colon = key.indexOf(':', start);
  return colon + 1 + Number(key.slice(start, colon));
}

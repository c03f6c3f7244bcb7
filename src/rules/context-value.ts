import { type RuleContext, type Scalar } from './rule';

/** Paths come from users, so the cache needs a limit. */
const MAX_CACHED_PATHS = 10_000;
const segmentsByPath = new Map<string, readonly string[]>();

/**
 * Returns the value at a dotted path, or undefined if it is missing. Reads own enumerable properties (no prototype, no
 * `length`) and array items by canonical index. Strings have no properties.
 */
export function valueAt(context: RuleContext, path: string): unknown {
  let value: unknown = context;
  for (const segment of segmentsOf(path)) {
    if (typeof value !== 'object' || value === null || !hasOwn(value, segment)) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}

export function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** Whether a context's value satisfies an `Equality`: it equals the scalar or is an array that contains it. */
export function equalsScalar(value: unknown, scalar: Scalar): boolean {
  return value === scalar || (Array.isArray(value) && value.includes(scalar));
}

/** Returns the distinct scalars that a context's value equals (see `Equality`): itself, or the scalars in the array. */
export function equalityKeys(value: unknown): Scalar[] {
  if (isScalar(value)) return [value];
  return Array.isArray(value) ? [...new Set(value.filter(isScalar))] : [];
}

/** Compares JSON values without conversions. Ignores the order of keys, but not the order of array items. */
export function deepEquals(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => deepEquals(item, right[index]));
  }
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => hasOwn(right, key) && deepEquals(left[key as never], right[key as never]))
  );
}

function hasOwn(object: object, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(object, key);
}

function segmentsOf(path: string): readonly string[] {
  let segments = segmentsByPath.get(path);
  if (segments === undefined) {
    if (segmentsByPath.size >= MAX_CACHED_PATHS) segmentsByPath.clear();
    segments = path.split('.');
    segmentsByPath.set(path, segments);
  }
  return segments;
}

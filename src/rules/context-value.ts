import { type RuleContext, type Scalar } from './rule';

/** Up to this many keys, listing them again is as fast as looking them up. */
const FEW_KEYS = 32;

/** The keys of large objects. Comparing a large object with many others must not list its keys each time. */
const keysByObject = new WeakMap<object, readonly string[]>();

/** Paths come from users, so the cache is limited by an estimate of its memory. */
const MAX_CACHED_BYTES = 4 * 1024 * 1024;
const BYTES_PER_PATH = 200;
const BYTES_PER_SEGMENT = 64;

/** A segment that an array takes as an index, even if no item has it. */
const INDEX = /^\d+$/;

const segmentsByPath = new Map<string, readonly string[]>();
let cachedBytes = 0;

/** The two or more values at a path through an array: those of its items. */
export class ItemValues {
  constructor(readonly values: readonly unknown[]) {}
}

/**
 * Returns the value at a dotted path, or undefined if it is missing. Reads own enumerable properties (no prototype, no
 * `length`) and array items by canonical index. Strings have no properties. As in MongoDB, another segment looks into each
 * object of an array; several such values are `ItemValues`.
 */
export function valueAt(context: RuleContext, path: string): unknown {
  const segments = segmentsOf(path);
  let value: unknown = context;
  for (let index = 0; index < segments.length; index++) {
    const segment = segments[index]!;
    if (typeof value !== 'object' || value === null) return undefined;
    if (!hasOwn(value, segment))
      return entersItems(value, segment) ? valueInItems(value, segments, index) : undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}

function entersItems(value: object, segment: string): value is unknown[] {
  return Array.isArray(value) && !INDEX.test(segment);
}

/** Returns the values below the objects of an array, from the segment at `start`. */
function valueInItems(items: readonly unknown[], segments: readonly string[], start: number): unknown {
  const found: unknown[] = [];
  for (const item of items) if (!Array.isArray(item)) collectValues(item, segments, start, found);
  return found.length > 1 ? new ItemValues(found) : found[0];
}

function collectValues(from: unknown, segments: readonly string[], start: number, found: unknown[]): void {
  let value = from;
  for (let index = start; index < segments.length; index++) {
    const segment = segments[index]!;
    if (typeof value !== 'object' || value === null) return;
    if (!hasOwn(value, segment)) {
      if (!entersItems(value, segment)) return;
      for (const item of value) if (!Array.isArray(item)) collectValues(item, segments, index, found);
      return;
    }
    value = (value as Record<string, unknown>)[segment];
  }
  found.push(value);
}

export function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** Whether a context's value satisfies an `Equality`: it equals the scalar or is an array that contains it. */
export function equalsScalar(value: unknown, scalar: Scalar): boolean {
  if (value instanceof ItemValues) return value.values.some((each) => equalsScalar(each, scalar));
  return value === scalar || (Array.isArray(value) && value.includes(scalar));
}

/** Returns the distinct scalars that a context's value equals (see `Equality`): itself, or the scalars in the array. */
export function equalityKeys(value: unknown): Scalar[] {
  return isScalar(value) ? [value] : [...new Set(itemsOf(value).filter(isScalar))];
}

/** Whether a context's value may equal several scalars. */
export function isSeveral(value: unknown): boolean {
  return Array.isArray(value) || value instanceof ItemValues;
}

/** Returns the items of an array, and of the arrays among `ItemValues`. Any other value is one item. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (value instanceof ItemValues) return value.values.flat(1);
  return Array.isArray(value) ? value : [value];
}

/**
 * Compares JSON values without conversions. Ignores the order of keys, but not the order of array items. Takes time linear
 * in the smaller value, once the keys of both have been listed. Neither value may change later.
 */
export function deepEquals(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => deepEquals(item, right[index]));
  }
  const keys = keysOf(left);
  return (
    keys.length === keysOf(right).length &&
    keys.every((key) => hasOwn(right, key) && deepEquals(left[key as never], right[key as never]))
  );
}

/** Returns a text that is the same for values that `deepEquals` calls equal. */
export function canonicalText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`;
  const members = [...keysOf(value)]
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key as never])}`);
  return `{${members.join()}}`;
}

/** Returns the keys of an object that does not change. Lists the keys of a large object only once. */
export function keysOf(object: object): readonly string[] {
  const known = keysByObject.get(object);
  if (known !== undefined) return known;
  const keys = Object.keys(object);
  if (keys.length > FEW_KEYS) keysByObject.set(object, keys);
  return keys;
}

function hasOwn(object: object, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(object, key);
}

function segmentsOf(path: string): readonly string[] {
  let segments = segmentsByPath.get(path);
  if (segments === undefined) {
    segments = path.split('.');
    const bytes = BYTES_PER_PATH + 4 * path.length + BYTES_PER_SEGMENT * segments.length;
    if (cachedBytes + bytes > MAX_CACHED_BYTES) {
      segmentsByPath.clear();
      cachedBytes = 0;
    }
    segmentsByPath.set(path, segments);
    cachedBytes += bytes;
  }
  return segments;
}

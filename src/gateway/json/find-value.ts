import { ElementCursor } from './element-cursor';
import { hasBytes } from './has-bytes';
import { MemberCursor } from './member-cursor';
import { stringAt } from './read-value';
import { type Span, valueSpan } from './span';

/**
 * Returns the value of the first member with an ASCII key of the object between two offsets. Returns null if there is no
 * such member, no object, or a problem before the member. Reads no further than the member.
 */
export function memberOf(bytes: Buffer, start: number, end: number, key: string): Span | null {
  const cursor = new MemberCursor(bytes, end);
  if (!cursor.enter(start)) return null;
  while (cursor.next()) {
    if (isKey(bytes, cursor.keyStart, cursor.keyEnd, key)) {
      return valueSpan(cursor);
    }
  }
  return null;
}

/** Follows keys of objects and indexes of arrays from a value. Returns null if the path leads nowhere. */
export function pathOf(bytes: Buffer, span: Span, ...path: readonly (string | number)[]): Span | null {
  let found: Span | null = span;
  for (const step of path) {
    found =
      typeof step === 'string'
        ? memberOf(bytes, found.start, found.end, step)
        : elementOf(bytes, found.start, found.end, step);
    if (found === null) return null;
  }
  return found;
}

/** Returns an element of the array between two offsets, or null if there is no such element. */
export function elementOf(bytes: Buffer, start: number, end: number, index: number): Span | null {
  const cursor = new ElementCursor(bytes, end);
  if (!cursor.enter(start)) return null;
  for (let left = index; cursor.next(); left--) {
    if (left === 0) return valueSpan(cursor);
  }
  return null;
}

/** Compares a key, whose span includes its quotes. Decodes it only if it has escapes. */
function isKey(bytes: Buffer, start: number, end: number, key: string): boolean {
  if (hasBytes(bytes, start + 1, end - 1, key)) return true;
  // The longest escape of a character is \uXXXX.
  const length = end - start - 2;
  if (length <= key.length || length > 6 * key.length) return false;
  return stringAt(bytes, { start, end }) === key;
}

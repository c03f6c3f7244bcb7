import { ElementCursor } from '../json/element-cursor';
import { keyText } from '../json/key-text';
import { MemberCursor } from '../json/member-cursor';
import { type Span, valueSpan } from '../json/span';

/** What becomes of an element or a member: its new JSON, undefined to remove it, or null to keep it. */
export type Edit = string | undefined | null;

/**
 * Edits the elements of an array without parsing them, so that numbers keep their spelling. Returns the JSON of the new
 * array, or null if nothing changes or there is no valid array.
 */
export function editElements(
  bytes: Buffer,
  { start, end }: Span,
  edit: (element: Span) => Edit,
): string | null {
  const cursor = new ElementCursor(bytes, end);
  if (!cursor.enter(start)) return null;
  const kept: string[] = [];
  let isChanged = false;
  while (cursor.next()) {
    const element = valueSpan(cursor);
    const edited = edit(element);
    isChanged ||= edited !== null;
    if (edited !== undefined) kept.push(edited ?? bytes.toString('utf8', element.start, element.end));
  }
  return isChanged && cursor.problem === null ? `[${kept.join(',')}]` : null;
}

/** Edits the values of an object by their keys, as {@link editElements} does. */
export function editMembers(
  bytes: Buffer,
  { start, end }: Span,
  edit: (key: string, value: Span) => Edit,
): string | null {
  const cursor = new MemberCursor(bytes, end);
  if (!cursor.enter(start)) return null;
  const kept: string[] = [];
  let isChanged = false;
  while (cursor.next()) {
    const { keyStart, keyEnd, valueStart, valueEnd } = cursor;
    const edited = edit(keyText(bytes, keyStart + 1, keyEnd - 1), valueSpan(cursor));
    isChanged ||= edited !== null;
    if (edited === undefined) continue;
    const value = edited ?? bytes.toString('utf8', valueStart, valueEnd);
    kept.push(`${bytes.toString('utf8', keyStart, keyEnd)}:${value}`);
  }
  return isChanged && cursor.problem === null ? `{${kept.join(',')}}` : null;
}

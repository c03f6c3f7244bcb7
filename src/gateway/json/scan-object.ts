import { JsonProblem } from './json-problem';
import { type StringListener } from './json-walker';
import { keyText } from './key-text';
import { MemberCursor } from './member-cursor';

/** A member of an object, by its offsets in the buffer. */
export interface Member {
  /** The text between the quotes as it is written: an escape in the key is not decoded. */
  readonly key: string;
  /** The offset of the opening quote of the key. */
  readonly keyStart: number;
  /** The offset after the closing quote of the key. */
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Members of one object. No API has a quarter as many parameters. */
const MAX_MEMBERS = 1000;

/**
 * Returns the members of the one JSON object between two offsets, with only white space around it. Checks that the
 * members, their strings and their brackets are complete, but not the grammar inside their values.
 *
 * @param listener receives every string inside the members' objects and arrays
 */
export function scanObject(
  bytes: Buffer,
  start: number,
  end: number,
  listener: StringListener | null = null,
): Member[] | JsonProblem {
  const cursor = new MemberCursor(bytes, end, listener);
  const members: Member[] = [];
  if (!cursor.enter(start)) return cursor.problem!;
  while (cursor.next()) {
    const { keyStart, keyEnd, valueStart, valueEnd } = cursor;
    if (members.length === MAX_MEMBERS) {
      return new JsonProblem(keyStart, `the object has more than ${MAX_MEMBERS} members`);
    }
    members.push({ key: keyText(bytes, keyStart + 1, keyEnd - 1), keyStart, keyEnd, valueStart, valueEnd });
  }
  return cursor.problem ?? cursor.findExcess() ?? members;
}

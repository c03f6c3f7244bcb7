import { type Member } from '../json/scan-object';
import { synonymOf } from './parameter-names';

/** Changes of the top-level members of a body. All values are JSON. */
export interface BodyEdits {
  /** Replaces the value of a member, or adds the member. */
  readonly set: ReadonlyMap<string, string>;
  /** Adds a member if neither the body nor `set` has it, also under another name of the same parameter. */
  readonly insert: readonly (readonly [name: string, json: string])[];
  readonly remove: ReadonlySet<string>;
}

/** Neighbouring pieces are joined up to this size, because a copy costs less than another write. */
const MAX_JOINED_BYTES = 16 * 1024;

/**
 * Returns the pieces of a body with some members changed. New members come first. All other bytes stay as they are, and
 * long runs of them are not copied.
 *
 * @param members of the one object in `bytes`, in their order
 */
export function spliceMembers(
  bytes: Buffer,
  members: ReadonlyMap<string, Member>,
  { set, insert, remove }: BodyEdits,
): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let copied = 0;
  const replace = (start: number, end: number, text: string): void => {
    if (start > copied) pieces.push(bytes.subarray(copied, start));
    if (text !== '') pieces.push(Buffer.from(text));
    copied = end;
  };

  const contentStart = bytes.indexOf('{') + 1;
  let keptEnd = contentStart;
  let removedEnd = contentStart;
  const added = addedMembers(members, set, insert);
  const isEmptied = [...members.keys()].every((key) => remove.has(key));
  if (added !== '') replace(contentStart, contentStart, isEmptied ? added : `${added},`);

  for (const [key, { keyStart, valueStart, valueEnd }] of members) {
    if (remove.has(key)) {
      removedEnd = valueEnd;
      continue;
    }
    // The comma before a removed member goes with it, or the comma after it if no member precedes it.
    if (removedEnd > keptEnd) replace(keptEnd, keptEnd === contentStart ? keyStart : removedEnd, '');
    const json = set.get(key);
    if (json !== undefined) replace(valueStart, valueEnd, json);
    keptEnd = valueEnd;
  }
  if (removedEnd > keptEnd) replace(keptEnd, removedEnd, '');
  replace(bytes.length, bytes.length, '');
  return joinSmall(pieces);
}

function addedMembers(
  members: ReadonlyMap<string, Member>,
  set: BodyEdits['set'],
  insert: BodyEdits['insert'],
): string {
  let added = '';
  const add = (name: string, json: string): void => {
    added += `${added === '' ? '' : ','}${JSON.stringify(name)}:${json}`;
  };
  for (const [name, json] of set) if (!members.has(name)) add(name, json);
  for (const [name, json] of insert) {
    const synonym = synonymOf(name);
    const isPresent = members.has(name) || set.has(name) || (synonym !== null && members.has(synonym));
    if (!isPresent) add(name, json);
  }
  return added;
}

function joinSmall(pieces: readonly Buffer[]): Buffer[] {
  const joined: Buffer[] = [];
  let run: Buffer[] = [];
  let runBytes = 0;
  const endRun = (): void => {
    if (run.length > 0) joined.push(run.length === 1 ? run[0]! : Buffer.concat(run, runBytes));
    run = [];
    runBytes = 0;
  };
  for (const piece of pieces) {
    if (runBytes + piece.length > MAX_JOINED_BYTES) endRun();
    run.push(piece);
    runBytes += piece.length;
  }
  endRun();
  return joined;
}

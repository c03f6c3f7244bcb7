import { foldCase } from '../../common/identity-key';
import { GatewayError } from '../dialect/gateway-error';
import { stringAt } from '../json/read-value';
import { type Member } from '../json/scan-object';

/** Names that no other name can equal in another case. */
const LOWER_CASE = /^[a-z0-9_]*$/;

/** Longer names are not compared in other cases, because no API has such a parameter. */
const MAX_FOLDED_LENGTH = 64;

/** The names that an error repeats. A caller may have pasted a secret in place of a name. */
const HARMLESS_NAME = /^[\w.-]{1,64}$/;

/**
 * Returns the members by their decoded names.
 *
 * @throws GatewayError `invalid_body` for a repeated name, because parsers disagree which member counts. Some servers
 * ignore case, so a name in another case is repeated too.
 */
export function indexByName(bytes: Buffer, members: readonly Member[]): Map<string, Member> {
  const byName = new Map<string, Member>();
  let isLowerCase = true;
  for (const member of members) {
    const name = nameOf(bytes, member);
    if (byName.has(name)) throw repeated(name, member);
    byName.set(name, member);
    isLowerCase &&= LOWER_CASE.test(name);
  }
  if (!isLowerCase) rejectOtherCases(byName);
  return byName;
}

/**
 * Returns a copy of a body in which top-level names have no needless escapes, or null if they have none. A server that
 * searches the text for `"model"` then finds what a parser finds.
 */
export function unescapeNames(bytes: Buffer, members: readonly Member[]): Buffer | null {
  const pieces: Buffer[] = [];
  let copied = 0;
  for (const member of members) {
    if (!hasEscape(member)) continue;
    const name = Buffer.from(JSON.stringify(nameOf(bytes, member)));
    if (name.equals(bytes.subarray(member.keyStart, member.keyEnd))) continue;
    pieces.push(bytes.subarray(copied, member.keyStart), name);
    copied = member.keyEnd;
  }
  return pieces.length === 0 ? null : Buffer.concat([...pieces, bytes.subarray(copied)]);
}

function nameOf(bytes: Buffer, member: Member): string {
  if (!hasEscape(member)) return member.key;
  const { keyStart, keyEnd } = member;
  const name = stringAt(bytes, { start: keyStart, end: keyEnd });
  if (name !== null) return name;
  throw new GatewayError(
    'invalid_body',
    `The name of a parameter has an invalid escape (byte ${keyStart}). Correct the JSON there.`,
  );
}

function hasEscape({ key }: Member): boolean {
  return key.includes('\\');
}

function rejectOtherCases(byName: ReadonlyMap<string, Member>): void {
  const folded = new Set<string>();
  for (const [name, member] of byName) {
    if (name.length > MAX_FOLDED_LENGTH) continue;
    const key = foldCase(name);
    if (folded.has(key)) throw repeated(name, member);
    folded.add(key);
  }
}

function repeated(name: string, { keyStart }: Member): GatewayError {
  const isHarmless = HARMLESS_NAME.test(name);
  const words = isHarmless ? `The parameter "${name}"` : 'A parameter';
  const message = `${words} is repeated, perhaps in another case (byte ${keyStart}). Send it once.`;
  return new GatewayError('invalid_body', message, isHarmless ? { param: name } : {});
}

import { compareText } from '../../../common/compare-text';
import { foldCase } from '../../../common/identity-key';

const MAX_SUGGESTIONS = 5;

/** Names for a message: quoted, the first ones only, with the number of the others. */
export function listNames(names: readonly string[], maximum = 20): string {
  const shown = names
    .slice(0, maximum)
    .map((name) => JSON.stringify(name))
    .join(', ');
  return names.length > maximum ? `${shown} and ${names.length - maximum} more` : shown;
}

/**
 * The names that look most like another, ignoring case, for a message: those that hold it or are held by it, then those
 * that begin like it. None where nothing is alike; the same whatever their order.
 */
export function suggestNames(names: readonly string[], wanted: string): string[] {
  const folded = foldCase(wanted);
  return names
    .map((name) => ({ name, score: similarity(foldCase(name), folded) }))
    .filter((each) => each.score > 0)
    .sort((one, other) => other.score - one.score || compareText(one.name, other.name))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ name }) => name);
}

/** Shared first characters, or more than these could be where one name is a part of the other. */
function similarity(name: string, folded: string): number {
  if (name.includes(folded) || folded.includes(name)) return 1000 - Math.abs(name.length - folded.length);
  let shared = 0;
  while (shared < name.length && name[shared] === folded[shared]) shared++;
  return shared < 3 ? 0 : shared;
}

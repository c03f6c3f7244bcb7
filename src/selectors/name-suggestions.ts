import { compareText } from '../common/compare-text';
import { foldCase } from '../common/identity-key';

const MAX_SUGGESTIONS = 5;

/** Lists quoted names for a message. Beyond `maximum`, gives only the number of the others. */
export function listNames(names: readonly string[], maximum = 20): string {
  const shown = names
    .slice(0, maximum)
    .map((name) => JSON.stringify(name))
    .join(', ');
  return names.length > maximum ? `${shown} and ${names.length - maximum} more` : shown;
}

/**
 * Returns the names most similar to `wanted`, ignoring case: first names that contain it or that it contains, then names
 * with a common prefix. The result does not depend on the order of `names`.
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

/** The length of the common prefix (0 below 3), or a higher score if one name contains the other. */
function similarity(name: string, folded: string): number {
  if (name.includes(folded) || folded.includes(name)) return 1000 - Math.abs(name.length - folded.length);
  let shared = 0;
  while (shared < name.length && name[shared] === folded[shared]) shared++;
  return shared < 3 ? 0 : shared;
}

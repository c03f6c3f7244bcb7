import { foldingSteps } from './folding-steps';

/**
 * A hexadecimal escape, a counted repetition, or any other escape. The `group` before a repetition shows that it may
 * repeat more than one item: the end of a group, or of a quotation, which may be empty.
 */
const TOKEN = /\\x\{[^}]*\}|(?<group>\)|\\E)?\{(?<least>\d+)(?:,(?<most>\d*))?\}|\\[^]/g;

/** `\pL` or `\P{Greek}`. */
const UNICODE_CLASS = /\\[pP]/g;

/** Compiling a Unicode class takes as long as compiling about this many characters, because it may have 700 ranges. */
const STEPS_PER_UNICODE_CLASS = 20;

/**
 * Estimates the size of a pattern with its counted repetitions written out, from its text alone. The compiled program is
 * at most 1.7 times as large. Counts of single items are added; counts of groups are multiplied. Classes that take long
 * to compile count more.
 */
export function patternSteps(source: string): number {
  let items = source.length;
  let groups = 1;
  for (const { groups: token } of source.matchAll(TOKEN)) {
    if (token?.['least'] === undefined) continue;
    const least = Number(token['least']);
    const optional = Math.max(Number(token['most'] ?? 0) - least, 0);
    const count = least + 2 * optional;
    if (token['group'] !== undefined) groups *= Math.max(count, 1);
    else items += count;
  }
  const unicodeClasses = source.match(UNICODE_CLASS)?.length ?? 0;
  return items * groups + STEPS_PER_UNICODE_CLASS * unicodeClasses + foldingSteps(source);
}

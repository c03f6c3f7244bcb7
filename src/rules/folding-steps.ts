/** Flags that ignore case, anywhere in a pattern: `(?i)`, `(?i:…)` or `(?ms-i)`. */
const FOLDING = /\(\?[a-zA-Z-]*i/;

/**
 * One character of a class and, if it starts a range, the end of the range. The end is only looked at, because it may be
 * the start of the next range.
 */
const CHARACTER = String.raw`\\x\{[\da-fA-F]*\}|\\x[\da-fA-F]{2}|\\[0-7]{1,3}|\\[^]|[^]`;
const RANGE = new RegExp(`(?<first>${CHARACTER})(?=-(?<last>${CHARACTER})|)`, 'gu');

/** The code points that have other cases are between these. re2js does not look at others. */
const FIRST_FOLDED = 0x41;
const LAST_FOLDED = 0x1e943;

/** re2js folds about 28 of these per microsecond, as long as it takes to compile one character. */
const CODE_POINTS_PER_STEP = 300;

/**
 * Estimates the steps that the ranges of a pattern add if it ignores case, because re2js then visits each code point of a
 * range. Reads ranges outside of classes too, so it may estimate too much, but never too little.
 */
export function foldingSteps(source: string): number {
  if (!FOLDING.test(source)) return 0;
  let codePoints = 0;
  for (const { groups } of source.matchAll(RANGE)) {
    if (groups?.['last'] === undefined) continue;
    const first = Math.max(codePointOf(groups['first']!), FIRST_FOLDED);
    const last = Math.min(codePointOf(groups['last']), LAST_FOLDED);
    codePoints += Math.max(last - first, 0);
  }
  return Math.ceil(codePoints / CODE_POINTS_PER_STEP);
}

/** Takes an escape such as `\n` for its letter, which changes the span of a range by less than one step. */
function codePointOf(character: string): number {
  const [, hexadecimal] = /^\\x\{?([\da-fA-F]+)/.exec(character) ?? [];
  if (hexadecimal !== undefined) return parseInt(hexadecimal, 16);
  if (/^\\[0-7]/.test(character)) return parseInt(character.slice(1), 8);
  return character.codePointAt(character.length > 1 && character.startsWith('\\') ? 1 : 0)!;
}

import { RE2JSSyntaxException, RE2Set } from 're2js';

export const MAX_PATTERN_LENGTH = 256;

/**
 * What `patternSteps` of all the patterns of one rule may come to, and how long a text they look at. Time grows with
 * the product of both, and memory with the steps: at these bounds the worst pattern found took 60 ms on a text made
 * for it. Without them 256 characters took 180 ms and 100 MB to compile, and 800 ms on a text of 200 KB.
 */
export const MAX_PATTERN_STEPS = 1_000;
export const MAX_MATCHED_LENGTH = 2_048;

/** Of memory for the automaton of one pattern, beside some 5 to 20 KB for the pattern itself. */
const MAX_AUTOMATON_BYTES = 64 * 1024;
const MAX_CACHED_PATTERNS = 2_000;

const cache = new Map<string, RE2Set>();
const cachedSources: string[] = [];

/**
 * A hexadecimal escape, a counted repetition with what shows that it may repeat more than one item (a group's end; the
 * end of an empty quotation, which the engine looks through to what stands before), or any other escape.
 */
const TOKEN = /\\x\{[^}]*\}|(?<group>\)|\\E)?\{(?<least>\d+)(?:,(?<most>\d*))?\}|\\[^]/g;

const LOOK_AROUND = /\(\?<?[=!]/;

/** Errors of the engine that say what is wrong, and nothing of its internals. */
const SAFE_ERRORS = new Set([
  'invalid or unsupported Perl syntax',
  'invalid character class range',
  'invalid escape sequence',
  'invalid named capture',
  'invalid nested repetition operator',
  'invalid repeat count',
  'missing closing ]',
  'missing closing )',
  'missing argument to repetition operator',
  'trailing backslash at end of expression',
  'duplicate capture group name',
  'unexpected )',
]);

/**
 * An estimate, from the text alone, of a pattern's size once its counted repetitions are written out; the compile
 * program is at most half as large again. Counts of single items add to the characters, those of groups multiply.
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
  return items * groups;
}

/** Why a text is no pattern in RE2's syntax, or null. Expects one within the bounds of length and steps. */
export function patternProblem(source: string): string | null {
  try {
    compile(source);
    return null;
  } catch (error) {
    return `Must be a regular expression in RE2 syntax${reason(source, error)}.`;
  }
}

function reason(source: string, error: unknown): string {
  if (LOOK_AROUND.test(source)) return ', which has no look-around';
  const description = error instanceof RE2JSSyntaxException ? error.getDescription() : '';
  return SAFE_ERRORS.has(description) ? `: ${description}` : '';
}

/**
 * Whether a pattern is found anywhere in a text, or in one of an array's. Linear in the text's length. A text of more
 * than `MAX_MATCHED_LENGTH` characters is not looked at, nor are those that come after as many in an array.
 */
export function matchesPattern(source: string, value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_MATCHED_LENGTH && search(source, value);
  if (!Array.isArray(value)) return false;
  let left = MAX_MATCHED_LENGTH;
  return value.some((item) => {
    if (typeof item !== 'string') return false;
    left -= item.length;
    return left >= 0 && search(source, item);
  });
}

function search(source: string, text: string): boolean {
  return compile(source).match(text).length > 0;
}

/**
 * A set of one, since sets alone let the memory of their automaton be bounded. When too many are cache, any one is
 * dropped: of more patterns than fit, asked for in turn, the least recently used would always be the next.
 */
function compile(source: string): RE2Set {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const pattern = new RE2Set(RE2Set.UNANCHORED, 0, MAX_AUTOMATON_BYTES);
  pattern.add(source);
  pattern.compile();
  const full = cachedSources.length >= MAX_CACHED_PATTERNS;
  const place = full ? Math.floor(Math.random() * MAX_CACHED_PATTERNS) : cachedSources.length;
  if (full) cache.delete(cachedSources[place]!);
  cachedSources[place] = source;
  cache.set(source, pattern);
  return pattern;
}

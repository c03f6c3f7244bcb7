import { RE2JSSyntaxException, RE2Set } from 're2js';

export const MAX_PATTERN_LENGTH = 256;

/**
 * The limits of `patternSteps` for all patterns of one rule, and of the length of a matched text. Matching time grows with
 * the product of both, and memory with the steps. At these limits the slowest pattern found takes about 60 ms.
 */
export const MAX_PATTERN_STEPS = 1_000;
export const MAX_MATCHED_LENGTH = 2_048;

/** The memory limit for the automaton of one pattern. The pattern itself takes 5 to 20 KB more. */
const MAX_AUTOMATON_BYTES = 64 * 1024;
const MAX_CACHED_PATTERNS = 2_000;

const cache = new Map<string, RE2Set>();
const cachedSources: string[] = [];

/**
 * A hexadecimal escape, a counted repetition, or any other escape. The `group` before a repetition shows that it may
 * repeat more than one item: the end of a group, or of a quotation, which may be empty.
 */
const TOKEN = /\\x\{[^}]*\}|(?<group>\)|\\E)?\{(?<least>\d+)(?:,(?<most>\d*))?\}|\\[^]/g;

const LOOK_AROUND = /\(\?<?[=!]/;

/** Errors of the engine that are useful to a client and reveal no internals. */
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
 * Estimates the size of a pattern with its counted repetitions written out, from its text alone. The compiled program is
 * at most 1.7 times as large. Counts of single items are added; counts of groups are multiplied.
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

/** Returns what is wrong with a pattern in RE2 syntax, or null. The caller checks its length and steps before. */
export function patternProblem(source: string): string | null {
  try {
    compile(source);
    return null;
  } catch (error) {
    return `Must be a regular expression in RE2 syntax${reason(source, error)}.`;
  }
}

function reason(source: string, error: unknown): string {
  if (LOOK_AROUND.test(source)) return ', which does not support look-around';
  const description = error instanceof RE2JSSyntaxException ? error.getDescription() : '';
  return SAFE_ERRORS.has(description) ? `: ${description}` : '';
}

/**
 * Whether a pattern matches anywhere in a text, or in a text of an array. Takes time linear in the length. Tests at most
 * `MAX_MATCHED_LENGTH` characters in all: a longer text never matches, nor do the texts of an array beyond that.
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
 * Compiles a pattern, or returns the cached one. Uses a set with one pattern, because only sets can limit the memory of
 * their automaton. A full cache evicts a random pattern: when many patterns are used in turn, the least recently used one
 * would always be needed next.
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

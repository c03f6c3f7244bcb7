import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';
import { type PatternCache } from './pattern-cache';

export const MAX_PATTERN_LENGTH = 256;

/**
 * The limits of `patternSteps` for all patterns of one rule, and of the length of a matched text. Matching time grows with
 * the product of both, and memory with the steps. At these limits the slowest pattern found takes about 60 ms.
 */
export const MAX_PATTERN_STEPS = 1_000;
export const MAX_MATCHED_LENGTH = 2_048;

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

/** A stored pattern that does not compile. A manual change of the database can leave one. */
export class InvalidPatternError extends Error {
  constructor() {
    super('the stored pattern does not compile');
    this.name = 'InvalidPatternError';
  }
}

/**
 * Returns what is wrong with a pattern in RE2 syntax, or null. The caller checks its length and steps before. Does not
 * prepare the pattern for a search, which takes longer.
 */
export function patternProblem(source: string): string | null {
  try {
    RE2JS.compile(source);
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
export function matchesPattern(source: string, value: unknown, patterns: PatternCache): boolean {
  if (typeof value === 'string') return value.length <= MAX_MATCHED_LENGTH && search(source, value, patterns);
  if (!Array.isArray(value)) return false;
  let left = MAX_MATCHED_LENGTH;
  return value.some((item) => {
    if (typeof item !== 'string') return false;
    left -= item.length;
    return left >= 0 && search(source, item, patterns);
  });
}

/** Throws `InvalidPatternError` for a corrupt stored pattern. */
function search(source: string, text: string, patterns: PatternCache): boolean {
  try {
    return patterns.search(source, text);
  } catch (error) {
    throw error instanceof RE2JSException ? new InvalidPatternError() : error;
  }
}

import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expectCpuTimeBelow } from '../../test/support/pace';
import { ruleProblems } from './compile-rule';
import { MAX_MATCHED_LENGTH, MAX_PATTERN_STEPS, matchesPattern as matches, patternProblem } from './pattern';
import { PatternCache } from './pattern-cache';
import { patternSteps } from './pattern-steps';

const seed = Math.floor(Math.random() * 2 ** 31);

const matchesPattern = (pattern: string, value: unknown, patterns = new PatternCache()) =>
  matches(pattern, value, patterns);

const regexProblems = (...patterns: string[]) =>
  ruleProblems({ $or: patterns.map(($regex) => ({ a: { $regex } })) }, '').map(
    ({ pointer, code, detail }) => `${pointer} ${code} ${detail}`,
  );

describe('matchesPattern', () => {
  it.each([
    ['gent', 'urgent', true],
    ['^gent', 'urgent', false],
    ['(?i)URGENT', 'urgent', true],
    ['^a.c$', 'a\nc', false],
    ['(?s)^a.c$', 'a\nc', true],
    ['(?m)^c$', 'a\nc', true],
    ['\\p{Greek}', 'αβ', true],
    ['^.$', '😀', true],
    ['', '', true],
    ['\\d{3}', '12', false],
  ])('tests %j with %j: %j', (pattern, text, expected) =>
    expect(matchesPattern(pattern, text)).toBe(expected),
  );

  it('tests a text of 2048 characters, but not a longer one', () => {
    expect(matchesPattern('x$', `${'a'.repeat(MAX_MATCHED_LENGTH - 1)}x`)).toBe(true);
    expect(matchesPattern('x$', `${'a'.repeat(MAX_MATCHED_LENGTH)}x`)).toBe(false);
  });

  it('tests the first 2048 characters of the texts in an array', () => {
    expect(matchesPattern('x', ['a'.repeat(MAX_MATCHED_LENGTH - 1), 5, 'x'])).toBe(true);
    expect(matchesPattern('x', ['a'.repeat(MAX_MATCHED_LENGTH), 'x'])).toBe(false);
  });

  it('matches when more patterns are in use than the cache can store', () => {
    const cache = new PatternCache();
    const patterns = Array.from({ length: 2_500 }, (_, index) => `^a${index}$`);
    for (let round = 0; round < 2; round++) {
      for (const [index, pattern] of patterns.entries()) {
        if (!matchesPattern(pattern, `a${index}`, cache) || matchesPattern(pattern, `a${index}x`, cache))
          throw new Error(pattern);
      }
    }
  });

  it('takes linear time where backtracking would be exponential', async () => {
    const text = 'x'.repeat(MAX_MATCHED_LENGTH);
    for (const pattern of ['(x+x+)+y', '^(x|x)*$y', '(x*)*y', `${'x?'.repeat(60)}${'x'.repeat(60)}y`]) {
      await expectCpuTimeBelow(20, () => matchesPattern(pattern, text));
    }
  });

  it('matches the slowest allowed patterns quickly', async () => {
    const worst = [
      '.{0,490}$q',
      'a.{0,490}$',
      '[^z]{0,480}y$',
      '(?i)[\\pL\\d].{900}$',
      '(?s).*a?a?a?a?.{600}$',
      'a.{980}$',
    ];
    const texts = ['a'.repeat(2048), 'ab'.repeat(1024), 'aab abb'.repeat(290)];
    for (const pattern of worst) {
      expect(patternSteps(pattern)).toBeLessThanOrEqual(MAX_PATTERN_STEPS);
      for (const text of texts) {
        await expectCpuTimeBelow(20, () => matchesPattern(pattern, text));
      }
    }
  });
});

describe('$regex', () => {
  it.each([
    ['(a', ': missing closing )'],
    ['a)', ': unexpected )'],
    ['[a', ': missing closing ]'],
    ['*', ': missing argument to repetition operator'],
    ['a**', ': invalid nested repetition operator'],
    ['\\', ': trailing backslash at end of expression'],
    ['(a)\\1', ': invalid escape sequence'],
    ['[z-a]', ': invalid character class range'],
    ['\\p{Klingon}', ': invalid character class range'],
    ['(?=a)', ', which does not support look-around'],
    ['(?<!a)b', ', which does not support look-around'],
    ['a{1001}', ': invalid repeat count'],
    ['(?P<n>a)(?P<n>b)', ': duplicate capture group name'],
  ])('rejects %j with the reason', (pattern, reason) => {
    expect(patternProblem(pattern)).toBe(`Must be a regular expression in RE2 syntax${reason}.`);
    expect(regexProblems('a', pattern)[0]).toMatch(/^\/\$or\/1\/a\/\$regex when\.pattern /);
  });

  it.each([
    '((a{1000}){1000}){1000}',
    '((a{30}){30})',
    `(?:${'()'.repeat(123)}){1000}`,
    '[^x]{0,1000}',
    `(?:${'\\pL\\PL'.repeat(40)}){900}`,
    `(${'ab'.repeat(100)})\\Q\\E{700}`,
    `(${'ab'.repeat(100)})(?i){700}`,
  ])('rejects %.40j for its size', (pattern) => {
    expect(regexProblems(pattern)).toEqual([
      expect.stringMatching(/^\/\$or\/0\/a\/\$regex when\.pattern Must be simpler\. /),
    ]);
  });

  it.each([
    [`(?i)[${'B-\u{1E942}'.repeat(60)}]`],
    [`(?mi)[^${'B-\u{1E942}'.repeat(60)}]`],
    [`(?i:[${'--\u{1E942}'.repeat(40)}])`],
    [`(?s-i)(?i:x)${'[-B-\\x{1E942}]'.repeat(15)}`],
    [`(?i)[${'\\102-\\x{1E942}'.repeat(15)}]`],
    [`(?i)[${'\\t-\\x{1E942}'.repeat(15)}]`],
    [`(?i)${'[B-\uA7FF]|'.repeat(40)}x`],
    [`${'\\pL'.repeat(80)}`],
    [`(?i)[${'\\P{Lu}'.repeat(40)}]`],
  ])('rejects %.40j for the time that it takes to compile', async (pattern) => {
    await expectCpuTimeBelow(1, () => regexProblems(pattern));
    expect(regexProblems(pattern)).toEqual([expect.stringContaining('when.pattern Must be simpler. ')]);
  });

  it('accepts ordinary patterns that ignore case', () => {
    expect(regexProblems('(?i)[a-z0-9._-]+@[a-z]+', '(?i)^[A-Z]{2,30}$', '(?i)[\\p{L}\\p{N}_-]+')).toEqual(
      [],
    );
    expect(regexProblems('(?i)[\u4e00-\u9fff\uac00-\ud7a3a-z]+', '[\\x{0}-\\x{10FFFF}]')).toEqual([]);
    expect(regexProblems('(?i)[^\\x00-\\x7F]{1,50}$', '[B-\u{1E942}]'.repeat(30))).toEqual([]);
  });

  it('accepts 256 characters and common counted patterns', () => {
    expect(regexProblems('x'.repeat(256))).toEqual([]);
    expect(regexProblems('^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$')).toEqual([]);
    expect(regexProblems('^[^@\\s]{1,64}@[^@\\s]{1,255}$')).toEqual([]);
    expect(regexProblems('^(?:\\d{1,3}\\.){3}\\d{1,3}$', '^gpt-4', '(?i)\\b(?:urgent|asap)\\b')).toEqual([]);
  });

  it('adds up the steps of all patterns of a rule', () => {
    expect(regexProblems(...Array<string>(3).fill('x'.repeat(250)))).toEqual([]);
    expect(regexProblems(...Array<string>(5).fill('x'.repeat(250)))).toEqual([
      expect.stringContaining('/$or/4/a/$regex when.pattern Must be simpler. '),
    ]);
  });

  it('compiles the slowest allowed patterns quickly', async () => {
    const worst = [
      `(?i)[${'B-\u{1E942}'.repeat(2)}]`,
      `(?i)[${'\\pL'.repeat(43)}]`,
      `(?i)${'\\P{Lu}'.repeat(37)}`,
      `${'(?:a|b)\\P{Lu}'.repeat(19)}`,
      `(?i)[^B-\u{1E942}]${'|[^\\pL]'.repeat(18)}`,
    ];
    for (const pattern of worst) {
      expect(regexProblems(pattern)).toEqual([]);
      await expectCpuTimeBelow(3, () => regexProblems(pattern));
    }
  });

  it(`compiles to a program of at most 1.7 times the estimated steps (seed ${seed})`, () => {
    const tokens = fc.constantFrom(
      ...[
        'a',
        '(',
        ')',
        '(?:',
        '{2}',
        '{3,9}',
        '{20}',
        '{0,30}',
        '{5,}',
        '?',
        '*',
        '+',
        '|',
        '[a)]',
        '\\)',
        '\\x{41}',
      ],
      ...['\\Q', '\\E', '\\Q\\E', '\\\\', '.', '\\pL', '()', '[^{]', '\\b', '^', '(?i)', '{', '\\{'],
    );
    const sizeOf = (pattern: string): number => {
      try {
        return RE2JS.compile(pattern).programSize();
      } catch {
        return 0;
      }
    };
    const patterns = fc.array(tokens, { minLength: 1, maxLength: 14 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(patterns, (pattern) => {
        fc.pre(patternSteps(pattern) < 5_000);
        expect(sizeOf(pattern)).toBeLessThanOrEqual(1.7 * patternSteps(pattern) + 3);
      }),
      { seed, numRuns: 5_000, examples: [['()*'.repeat(80)], ['|()*|']] },
    );
  });
});

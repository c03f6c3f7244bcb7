import { ruleProblems } from './compile-rule';

const problemsOf = (when: unknown) => ruleProblems(when, '/when');
const codesOf = (when: unknown) => problemsOf(when).map(({ pointer, code }) => `${pointer} ${code}`);
const detailOf = (when: unknown) =>
  problemsOf(when)
    .map(({ detail }) => detail)
    .join('\n');

/** A rule with `levels` nested levels. */
const nested = (levels: number): unknown => (levels === 1 ? { a: 1 } : { $and: [nested(levels - 1)] });
const deep = (levels: number): unknown => (levels === 1 ? 1 : { a: deep(levels - 1) });

describe('ruleProblems', () => {
  it('returns no problems for a valid rule', () => {
    const when = {
      tier: 'pro',
      'user.tags': { $contains: 'beta', $not: { $in: ['x', 1, null, [1], { y: 2 }] } },
      hour: { $gte: 8, $lt: 20, $ne: 12, $nin: [] },
      name: {
        $exists: true,
        $startsWith: '',
        $endsWith: 'z',
        $regex: '(?i)^a',
        $gt: 'a',
        $lte: 'z',
        $eq: {},
      },
      $and: [{ a: null }, { $or: [{ a: [] }, { $nor: [{ a: true }] }] }],
      $not: { b: { c: 1 } },
    };
    expect(problemsOf(when)).toEqual([]);
  });

  it('limits the number and the size of the problems', () => {
    const unknown = Object.fromEntries(Array.from({ length: 1980 }, (_, index) => [`$x${index}`, 1]));
    const path = 'p'.repeat(200);
    for (const when of [unknown, { a: unknown }, { a: { b: unknown } }, { $or: [{ a: unknown }, unknown] }]) {
      expect(problemsOf(when)).toHaveLength(50);
    }
    const longKeys = { [path]: unknown, a: { ['k'.repeat(100_000)]: unknown } };
    for (const when of [longKeys, { a: longKeys }, { a: longKeys.a }]) {
      expect(JSON.stringify(problemsOf(when)).length).toBeLessThan(130_000);
    }
  });

  it.each([null, [], 'a', 5, true, undefined, new Date()])('rejects the rule %j', (when) => {
    expect(codesOf(when)).toEqual(['/when when.type']);
  });

  it('points to each problem through lists and escaped keys', () => {
    const when = { $or: [{ a: 1 }, { 'b/c~': { $gt: null, $foo: 1 } }], d: { $in: 5 } };
    expect(codesOf(when)).toEqual([
      '/when/$or/1/b~1c~0/$gt when.type',
      '/when/$or/1/b~1c~0/$foo when.operator',
      '/when/d/$in when.type',
    ]);
  });

  it.each([
    { $gt: null },
    { $gte: true },
    { $lt: [1] },
    { $lte: { a: 1 } },
    { $gt: Infinity },
    { $in: 'a' },
    { $nin: { a: 1 } },
    { $exists: 1 },
    { $exists: 'true' },
    { $startsWith: 1 },
    { $endsWith: null },
    { $regex: 1 },
    { $regex: ['a'] },
    { $regex: 'a'.repeat(257) },
    { $not: 5 },
    { $not: {} },
    { $not: { b: 1 } },
    { $not: [{ $gt: 5 }] },
    { $eq: undefined },
    { $in: [new Date()] },
  ])('rejects the operand %j', (operators) => {
    const [problem, ...others] = problemsOf({ a: operators });
    expect(problem).toMatchObject({ code: 'when.type', detail: expect.stringMatching(/^Must be/) as string });
    expect(others).toEqual([]);
  });

  it.each(['$and', '$or', '$nor'])('requires a list of rules with conditions for %s', (operator) => {
    expect(codesOf({ [operator]: { a: 1 } })).toEqual([`/when/${operator} when.type`]);
    expect(codesOf({ [operator]: [] })).toEqual([`/when/${operator} when.empty`]);
    expect(codesOf({ [operator]: [{ a: 1 }, {}, 5] })).toEqual([
      `/when/${operator}/1 when.empty`,
      `/when/${operator}/2 when.type`,
    ]);
  });

  it('requires a rule with a condition for $not', () => {
    expect(codesOf({ $not: {} })).toEqual(['/when/$not when.empty']);
    expect(codesOf({ $not: { $gt: 5 } })).toEqual(['/when/$not/$gt when.operator']);
  });

  it('lists the operators if one is unknown', () => {
    expect(codesOf({ $foo: 1, a: { $like: 'x' } })).toEqual([
      '/when/$foo when.operator',
      '/when/a/$like when.operator',
    ]);
    expect(detailOf({ a: { $zzzzzz: 1 } })).toBe(
      'Unknown operator "$zzzzzz". The operators are $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $contains, $startsWith, $endsWith, $regex, $and, $or, $nor, $not.',
    );
  });

  it.each([
    ['$regexp', '$regex'],
    ['$startswith', '$startsWith'],
    ['$notIn', '$nin'],
    ['$exist', '$exists'],
    ['$ands', '$and'],
  ])('suggests for %s the operator %s', (wrong, meant) => {
    expect(detailOf({ a: { [wrong]: 1 } })).toContain(`Did you mean "${meant}"?`);
    expect(detailOf({ [wrong]: 1 })).toContain(`Did you mean "${meant}"?`);
  });

  it.each(['$foo', '$x', '$'])('suggests no operator for %s, which resembles none', (wrong) => {
    expect(detailOf({ a: { [wrong]: 1 } })).not.toContain('Did you mean');
  });

  it('suggests an operator for the first 3 unknown ones, because looking for it takes long', () => {
    const problems = problemsOf({ a: { $gtt: 1, $lts: 1, $inn: 1, $eqq: 1 }, b: { $nee: 1 } });
    expect(problems.map(({ detail }) => detail.includes('Did you mean'))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('says where flags go instead of $options', () => {
    expect(detailOf({ a: { $regex: 'x', $options: 'i' } })).toContain('"(?i)…"');
  });

  it('says where a misplaced operator belongs', () => {
    expect(detailOf({ $gt: 5 })).toBe('Must be under a path: {"path": {"$gt": …}}.');
    expect(detailOf({ a: { $or: [{ b: 1 }] } })).toBe(
      'Must be at the top of a rule, beside its paths: {"$or": [{"a": …}]}.',
    );
  });

  it('rejects plain keys beside operators', () => {
    expect(codesOf({ a: { $gt: 1, b: 2 } })).toEqual(['/when/a/b when.operator']);
    expect(detailOf({ a: { $gt: 1, b: 2 } })).toContain('{"a.b": …}');
    expect(codesOf({ a: { $not: { $gt: 1, b: 2 } } })).toEqual(['/when/a/$not/b when.operator']);
  });

  it('rejects operators inside a value that is compared as a whole', () => {
    expect(codesOf({ a: { b: { c: { $gt: 1 } } } })).toEqual(['/when/a/b/c/$gt when.operator']);
    expect(detailOf({ a: { b: { c: { $gt: 1 } } } })).toContain('Send {"a.b.c": {"$gt": …}}');
    expect(codesOf({ a: [{ $gt: 1 }] })).toEqual(['/when/a/0/$gt when.operator']);
    expect(codesOf({ a: { $in: [{ $regex: 'x' }] } })).toEqual(['/when/a/$in/0/$regex when.operator']);
    expect(codesOf({ a: { $eq: { $gt: 1 } } })).toEqual(['/when/a/$eq/$gt when.operator']);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a.$gt', 'a'.repeat(201), Array(17).fill('a').join('.')])(
    'rejects the path %j',
    (path) => expect(codesOf({ [path]: 1 })).toEqual([`/when/${path} when.path`]),
  );

  it.each(['a'.repeat(200), Array(16).fill('a').join('.'), '__proto__', 'a b', 'é.ü', '0', 'a$'])(
    'accepts the path %j',
    (path) => expect(problemsOf({ [path]: 1 })).toEqual([]),
  );

  it('accepts 50 conditions in all and rejects 51', () => {
    const paths = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, i]));
    expect(problemsOf({ ...paths(48), $or: [{ a: { $gt: 1, $lt: 2 } }] })).toEqual([]);
    expect(codesOf({ ...paths(48), $or: [{ a: { $gt: 1, $lt: 2 } }, { b: 1 }] })).toEqual([
      '/when when.too_many',
    ]);
  });

  it('accepts 16 levels of rules, operators and values and rejects 17', () => {
    expect(problemsOf(nested(16))).toEqual([]);
    expect(codesOf(nested(17))).toEqual([`/when${'/$and/0'.repeat(16)} when.too_deep`]);
    expect(problemsOf(deep(17))).toEqual([]);
    expect(codesOf(deep(18))).toEqual([`/when${'/a'.repeat(16)} when.too_deep`]);
    const negated = (levels: number): unknown => (levels === 1 ? { $gt: 1 } : { $not: negated(levels - 1) });
    expect(problemsOf({ a: negated(15) })).toEqual([]);
    expect(codesOf({ a: negated(16) })).toEqual([`/when/a${'/$not'.repeat(15)} when.too_deep`]);
  });

  it('rejects a rule of 100 000 levels without a stack overflow', () => {
    let [rule, value, negation]: unknown[] = [{ a: 1 }, 1, { $gt: 1 }];
    for (let level = 0; level < 100_000; level++) {
      [rule, value, negation] = [{ $or: [rule] }, { a: [value] }, { $not: negation }];
    }
    expect(codesOf(rule)).toEqual([expect.stringContaining('when.too_deep')]);
    expect(codesOf(value)).toEqual([expect.stringContaining('when.too_deep')]);
    expect(codesOf({ a: negation })).toEqual([expect.stringContaining('when.too_deep')]);
  });
});

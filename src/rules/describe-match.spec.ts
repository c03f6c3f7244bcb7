import { InvalidRuleError } from './compile-rule';
import { matchOf } from './fixtures/unlimited-time';

describe('explainMatch', () => {
  it.each<[object, object, string]>([
    [{ v: 'pro' }, { v: 'pro' }, '/v is "pro"'],
    [{ v: null }, { v: null }, '/v is null'],
    [{ v: 'pro' }, { v: ['free', 'pro'] }, '/v is "pro" (got ["free","pro"])'],
    [{ v: { $ne: 'pro' } }, {}, '/v is anything but "pro" (got nothing)'],
    [{ v: { $gte: 4 } }, { v: 9 }, '/v is at least 4 (got 9)'],
    [{ v: { $in: ['a', 'b'] } }, { v: 'b' }, '/v is one of ["a","b"] (got "b")'],
    [{ v: { $exists: true } }, { v: 0 }, '/v is any value (got 0)'],
    [{ v: { $exists: false } }, {}, '/v is no value (got nothing)'],
    [{ v: { $startsWith: 'x' } }, { v: 'xy' }, '/v is a value that starts with "x" (got "xy")'],
    [{ v: { $regex: '^x' } }, { v: 'xy' }, '/v is a match for "^x" (got "xy")'],
    [{ v: { $not: { $gt: 5 } } }, { v: 5 }, '/v is not {"$gt":5} (got 5)'],
    [{ $not: { a: 1, b: 2 } }, { a: 1 }, '{"a":1,"b":2} does not match'],
    [{ $nor: [{ a: 1 }, { b: 2 }] }, {}, 'no rule in $nor matches'],
    [{ $or: [{ a: 1 }, { b: 2, c: 3 }] }, { b: 2, c: 3 }, '$or matches (/b is 2 and /c is 3)'],
    [{ 'user.a/b': 'x', $and: [{ n: 1 }] }, { user: { 'a/b': 'x' }, n: 1 }, '/user/a~1b is "x" and /n is 1'],
  ])('describes %j in the context %j', (when, context, match) => {
    expect(matchOf(when, { ...context })).toBe(match);
  });

  it('truncates a long description', () => {
    const values = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`path${index}`, 'x'.repeat(70)]),
    );
    const match = matchOf(values, values);
    expect(match).toMatch(/^\/path0 is "xxx.*…$/);
    expect(match.length).toBe(500);
  });

  it('tests each condition of nested rules once', () => {
    let reads = 0;
    const context = {
      get v() {
        reads += 1;
        return 'pro';
      },
    };
    expect(matchOf({ $or: [{ $or: [{ $or: [{ v: 'pro' }] }] }] }, context)).toBe(
      '$or matches ($or matches ($or matches (/v is "pro")))',
    );
    // Once to test the value, and once to show it.
    expect(reads).toBe(2);
  });

  it('throws InvalidRuleError for an invalid rule', () => {
    expect(() => matchOf({ $foo: 1 }, {})).toThrow(InvalidRuleError);
  });
});

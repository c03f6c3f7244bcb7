import { InvalidRuleError } from './compile-rule';
import { mismatchOf } from './fixtures/unlimited-time';

describe('explainMismatch', () => {
  it('returns null if the rule matches', () => {
    expect(mismatchOf({}, {})).toBeNull();
    expect(mismatchOf({ tier: 'pro', $or: [{ a: 1 }, { b: { $gt: 2 } }] }, { tier: 'pro', b: 3 })).toBeNull();
  });

  it.each<[unknown, string]>([
    ['free', '/v expected "free", got "pro"'],
    [{ a: 1 }, '/v expected {"a":1}, got "pro"'],
    [{ $ne: 'pro' }, '/v expected anything but "pro", got "pro"'],
    [{ $in: ['a', 'b'] }, '/v expected one of ["a","b"], got "pro"'],
    [{ $nin: ['pro'] }, '/v expected none of ["pro"], got "pro"'],
    [{ $gt: 4 }, '/v expected more than 4, got "pro"'],
    [{ $gte: 'q' }, '/v expected at least "q", got "pro"'],
    [{ $lt: 'p' }, '/v expected less than "p", got "pro"'],
    [{ $lte: 4 }, '/v expected at most 4, got "pro"'],
    [{ $exists: false }, '/v expected no value, got "pro"'],
    [{ $contains: 'x' }, '/v expected a value that contains "x", got "pro"'],
    [{ $startsWith: 'x' }, '/v expected a value that starts with "x", got "pro"'],
    [{ $endsWith: 'x' }, '/v expected a value that ends with "x", got "pro"'],
    [{ $regex: '^x' }, '/v expected a match for "^x", got "pro"'],
    [{ $not: { $eq: 'pro' } }, '/v expected not {"$eq":"pro"}, got "pro"'],
  ])('names the expected and the actual value for %j', (operand, reason) => {
    expect(mismatchOf({ v: operand }, { v: 'pro' })).toBe(reason);
  });

  it('names a missing path as a JSON pointer', () => {
    expect(mismatchOf({ 'user.a/b.0': 'x' }, {})).toBe('/user/a~1b/0 expected "x", got nothing');
    expect(mismatchOf({ a: { $exists: true } }, {})).toBe('/a expected any value, got nothing');
  });

  it('names the values of the items of an array', () => {
    const context = { objects: [{ id: 123 }, { id: 456 }] };
    expect(mismatchOf({ 'objects.id': { $ne: 123 } }, context)).toBe(
      '/objects/id expected anything but 123, got [123,456] in the items of an array',
    );
    const long = { a: [{ t: 'a'.repeat(5_000) }, { t: 'a'.repeat(5_000) }] };
    expect(mismatchOf({ 'a.t': { $contains: 'x' } }, long)).toContain(
      '(10000 characters; $contains tests at most 8192)',
    );
  });

  it('names the first condition that fails', () => {
    expect(mismatchOf({ a: 1, b: 2, c: 3 }, { a: 1 })).toBe('/b expected 2, got nothing');
    expect(mismatchOf({ $and: [{ a: 1 }, { b: 2 }] }, { b: 2 })).toBe('/a expected 1, got nothing');
  });

  it('explains at most three rules of $or', () => {
    expect(mismatchOf({ $or: [{ a: 1 }, { b: { $gt: 4 } }] }, { b: '5' })).toBe(
      'none of the 2 rules in $or matches: /a expected 1, got nothing; /b expected more than 4, got "5"',
    );
    const many = Array.from({ length: 9 }, (_, index) => ({ a: index + 1 }));
    expect(mismatchOf({ $or: many }, { a: 0 })).toBe(
      'none of the 9 rules in $or matches: /a expected 1, got 0; /a expected 2, got 0; /a expected 3, got 0; …',
    );
  });

  it('names the rule that matches in $nor and $not', () => {
    expect(mismatchOf({ $nor: [{ a: 1 }, { b: 2 }] }, { b: 2 })).toBe(
      'expected no rule in $nor to match, but {"b":2} matches',
    );
    expect(mismatchOf({ $not: { a: 1, b: 2 } }, { a: 1, b: 2 })).toBe(
      'expected {"a":1,"b":2} not to match, but it matches',
    );
  });

  it('says that a text is too long for $regex', () => {
    expect(mismatchOf({ a: { $regex: 'x' } }, { a: 'x'.repeat(3000) })).toMatch(
      /… \(3000 characters; \$regex tests at most 2048\)$/,
    );
  });

  it('truncates long values without splitting a surrogate pair', () => {
    const reason = mismatchOf({ a: `x${'😀'.repeat(500)}` }, { a: ['x'.repeat(500)] })!;
    expect(reason.length).toBeLessThan(200);
    expect(reason).toContain('…');
    expect(/\p{Surrogate}/u.test(reason)).toBe(false);
    const nested = { $or: Array(3).fill({ $or: Array(3).fill({ a: 'y'.repeat(90) }) }) };
    expect(mismatchOf(nested, { a: 'x'.repeat(90) })!.length).toBeLessThanOrEqual(500);
  });

  it('throws InvalidRuleError for an invalid rule', () => {
    expect(() => mismatchOf({ $foo: 1 }, {})).toThrow(InvalidRuleError);
  });
});

import { explainRule, InvalidRuleError } from './compile-rule';

describe('explainRule', () => {
  it('says nothing where the rule holds', () => {
    expect(explainRule({}, {})).toBeNull();
    expect(
      explainRule({ tier: 'pro', $or: [{ a: 1 }, { b: { $gt: 2 } }] }, { tier: 'pro', b: 3 }),
    ).toBeNull();
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
    [{ $exists: false }, '/v expected nothing, got "pro"'],
    [{ $contains: 'x' }, '/v expected something that contains "x", got "pro"'],
    [{ $startsWith: 'x' }, '/v expected something that starts with "x", got "pro"'],
    [{ $endsWith: 'x' }, '/v expected something that ends with "x", got "pro"'],
    [{ $regex: '^x' }, '/v expected a match of "^x", got "pro"'],
    [{ $not: { $eq: 'pro' } }, '/v expected not {"$eq":"pro"}, got "pro"'],
  ])('tells for %j what was expected and what came', (operand, reason) => {
    expect(explainRule({ v: operand }, { v: 'pro' })).toBe(reason);
  });

  it('tells a missing path, as a JSON pointer', () => {
    expect(explainRule({ 'user.a/b.0': 'x' }, {})).toBe('/user/a~1b/0 expected "x", got nothing');
    expect(explainRule({ a: { $exists: true } }, {})).toBe('/a expected any value, got nothing');
  });

  it('tells the first condition that fails', () => {
    expect(explainRule({ a: 1, b: 2, c: 3 }, { a: 1 })).toBe('/b expected 2, got nothing');
    expect(explainRule({ $and: [{ a: 1 }, { b: 2 }] }, { b: 2 })).toBe('/a expected 1, got nothing');
  });

  it('tells of $or why each failed, but not of a crowd', () => {
    expect(explainRule({ $or: [{ a: 1 }, { b: { $gt: 4 } }] }, { b: '5' })).toBe(
      'none of the 2 in $or held: /a expected 1, got nothing; /b expected more than 4, got "5"',
    );
    const crowd = Array.from({ length: 9 }, (_, index) => ({ a: index + 1 }));
    expect(explainRule({ $or: crowd }, { a: 0 })).toBe(
      'none of the 9 in $or held: /a expected 1, got 0; /a expected 2, got 0; /a expected 3, got 0; …',
    );
  });

  it('tells of $nor and $not what held', () => {
    expect(explainRule({ $nor: [{ a: 1 }, { b: 2 }] }, { b: 2 })).toBe(
      'expected none of those in $nor, but {"b":2} holds',
    );
    expect(explainRule({ $not: { a: 1, b: 2 } }, { a: 1, b: 2 })).toBe(
      'expected not {"a":1,"b":2}, but it holds',
    );
  });

  it('tells when a text was too long for $regex to look at', () => {
    expect(explainRule({ a: { $regex: 'x' } }, { a: 'x'.repeat(3000) })).toMatch(
      /… \(3000 characters; \$regex looks at 2048 at most\)$/,
    );
  });

  it('cuts what is long, and no character in two', () => {
    const reason = explainRule({ a: `x${'😀'.repeat(500)}` }, { a: ['x'.repeat(500)] })!;
    expect(reason.length).toBeLessThan(200);
    expect(reason).toContain('…');
    expect(/\p{Surrogate}/u.test(reason)).toBe(false);
    const nested = { $or: Array(3).fill({ $or: Array(3).fill({ a: 'y'.repeat(90) }) }) };
    expect(explainRule(nested, { a: 'x'.repeat(90) })!.length).toBeLessThanOrEqual(500);
  });

  it('takes no rule that is not valid', () => {
    expect(() => explainRule({ $foo: 1 }, {})).toThrow(InvalidRuleError);
  });
});

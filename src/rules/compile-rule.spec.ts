import { compileRule, InvalidRuleError } from './compile-rule';
import { matches } from './fixtures/matches';
import { evaluationOf } from './fixtures/unlimited-time';

const isMatch = (when: unknown, context: Record<string, unknown>) => matches(compileRule(when), context);

describe('compileRule', () => {
  it('compiles {} to a rule that always matches', () => {
    expect(isMatch({}, {})).toBe(true);
    expect(compileRule({})).toEqual({ conditions: 0, equalities: [], predicate: null });
  });

  it('matches if all keys match', () => {
    expect(isMatch({ tier: 'pro', region: 'eu' }, { tier: 'pro', region: 'eu', other: 1 })).toBe(true);
    expect(isMatch({ tier: 'pro', region: 'eu' }, { tier: 'pro', region: 'us' })).toBe(false);
  });

  it('throws InvalidRuleError with every problem', () => {
    expect(() => compileRule({ a: { $foo: 1 }, b: { $gt: null } })).toThrow(InvalidRuleError);
    try {
      compileRule({ a: { $foo: 1 }, b: { $gt: null } });
    } catch (error) {
      expect((error as InvalidRuleError).errors.map(({ pointer }) => pointer)).toEqual(['/a/$foo', '/b/$gt']);
    }
    expect.assertions(2);
  });
});

describe('equality', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['strings, with case', 'pro', 'Pro', false],
    ['a number with a string', 5, '5', false],
    ['a boolean with a number', true, 1, false],
    ['null with null', null, null, true],
    ['a scalar with an array that contains it', 'a', ['b', 'a'], true],
    ['a scalar with a nested array', 'a', [['a']], false],
    ['null with an array that contains it', null, [1, null], true],
    ['objects with keys in another order', { x: 1, y: { z: [2] } }, { y: { z: [2] }, x: 1 }, true],
    ['an object with a larger one', { x: 1 }, { x: 1, y: 2 }, false],
    ['an object with a smaller one', { x: 1, y: 2 }, { x: 1 }, false],
    ['an object with an array that contains it', { x: 1 }, [{ x: 1 }], false],
    ['the empty object with another object', {}, { x: 1 }, false],
    ['equal arrays', [1, 2], [1, 2], true],
    ['arrays in another order', [1, 2], [2, 1], false],
    ['an array with a longer one', [1], [1, 1], false],
    ['an empty array with an empty object', [], {}, false],
  ])('compares %s', (_name, operand, value, expected) => {
    expect(isMatch({ a: operand }, { a: value })).toBe(expected);
    expect(isMatch({ a: { $eq: operand } }, { a: value })).toBe(expected);
    expect(isMatch({ a: { $ne: operand } }, { a: value })).toBe(!expected);
    expect(isMatch({ a: { $in: ['z', operand] } }, { a: value })).toBe(expected);
    expect(isMatch({ a: { $nin: ['z', operand] } }, { a: value })).toBe(!expected);
  });

  it.each([null, 0, '', false, {}, []])('does not match a missing path with %j', (operand) => {
    expect(isMatch({ a: operand }, {})).toBe(false);
    expect(isMatch({ 'a.b': operand }, { a: 5 })).toBe(false);
    expect(isMatch({ a: { $in: [operand] } }, {})).toBe(false);
  });

  it('matches an item of a long list', () => {
    const $in = Array.from({ length: 100 }, (_, index) => `t${index}`);
    for (const value of $in) expect(isMatch({ a: { $in } }, { a: value })).toBe(true);
    expect(isMatch({ a: { $in } }, { a: ['x', 't99'] })).toBe(true);
    expect(isMatch({ a: { $in } }, { a: 't100' })).toBe(false);
    expect(isMatch({ a: { $in } }, {})).toBe(false);
  });

  it('never matches $in [] and always matches $nin []', () => {
    expect(isMatch({ a: { $in: [] } }, { a: 1 })).toBe(false);
    expect(isMatch({ a: { $nin: [] } }, { a: 1 })).toBe(true);
  });
});

describe('a missing path', () => {
  it.each([{ $exists: false }, { $ne: 1 }, { $ne: null }, { $nin: [1, null] }, { $not: { $gt: 1 } }])(
    'satisfies %j',
    (operators) => expect(isMatch({ 'a.b': operators }, { a: {} })).toBe(true),
  );

  it.each([
    { $exists: true },
    { $gt: 0 },
    { $lte: 0 },
    { $contains: '' },
    { $startsWith: '' },
    { $endsWith: '' },
    { $regex: '' },
    { $not: { $exists: false } },
  ])('does not satisfy %j', (operators) => expect(isMatch({ 'a.b': operators }, { a: {} })).toBe(false));

  it('differs from null, which exists', () => {
    expect(isMatch({ a: { $exists: true } }, { a: null })).toBe(true);
    expect(isMatch({ a: { $exists: false } }, { a: null })).toBe(false);
  });
});

describe('comparison', () => {
  it.each([
    ['$gt', [false, false, true]],
    ['$gte', [false, true, true]],
    ['$lt', [true, false, false]],
    ['$lte', [true, true, false]],
  ])('%s compares two numbers or two texts', (operator, [below, same, above]) => {
    const numbers = [1, 2, 3].map((value) => isMatch({ a: { [operator]: 2 } }, { a: value }));
    const texts = ['A', 'a', 'b'].map((value) => isMatch({ a: { [operator]: 'a' } }, { a: value }));
    expect([numbers, texts]).toEqual([
      [below, same, above],
      [below, same, above],
    ]);
  });

  it.each(['$gt', '$gte', '$lt', '$lte'])('%s does not match values of different types', (operator) => {
    for (const value of ['5', null, true, {}, { valueOf: 5 }, [['5']]]) {
      expect(isMatch({ a: { [operator]: 4 } }, { a: value })).toBe(false);
    }
    for (const value of [5, null, true, {}])
      expect(isMatch({ a: { [operator]: '4' } }, { a: value })).toBe(false);
  });

  it('compares texts by code unit', () => {
    expect(isMatch({ a: { $gt: '10' } }, { a: '9' })).toBe(true);
    expect(isMatch({ a: { $lt: 'a' } }, { a: 'Z' })).toBe(true);
  });

  it('matches an array if each operator matches one of its items', () => {
    expect(isMatch({ a: { $gt: 5 } }, { a: ['9', 6] })).toBe(true);
    expect(isMatch({ a: { $gt: 5 } }, { a: [1, '9'] })).toBe(false);
    expect(isMatch({ a: { $gt: 5, $lt: 3 } }, { a: [1, 9] })).toBe(true);
  });
});

describe('operators on texts', () => {
  it('$contains matches a part of a text, or an item of an array', () => {
    expect(isMatch({ a: { $contains: 'b' } }, { a: 'abc' })).toBe(true);
    expect(isMatch({ a: { $contains: 'b' } }, { a: ['a', 'b'] })).toBe(true);
    expect(isMatch({ a: { $contains: 'b' } }, { a: ['abc'] })).toBe(false);
    expect(isMatch({ a: { $contains: { x: 1 } } }, { a: [{ x: 1 }] })).toBe(true);
    expect(isMatch({ a: { $contains: 1 } }, { a: '1' })).toBe(false);
    expect(isMatch({ a: { $contains: 'b' } }, { a: { b: 'b' } })).toBe(false);
  });

  it('$startsWith and $endsWith match a text, or an item of an array', () => {
    expect(isMatch({ a: { $startsWith: 'gpt-' } }, { a: 'gpt-4' })).toBe(true);
    expect(isMatch({ a: { $startsWith: 'gpt-' } }, { a: 'my-gpt-4' })).toBe(false);
    expect(isMatch({ a: { $endsWith: '-4' } }, { a: ['x', 'gpt-4'] })).toBe(true);
    expect(isMatch({ a: { $endsWith: '-4' } }, { a: 'gpt-4o' })).toBe(false);
    expect(isMatch({ a: { $startsWith: '1' } }, { a: 12 })).toBe(false);
  });

  it('$regex searches a text, or an item of an array, with inline flags', () => {
    expect(isMatch({ a: { $regex: 'gent' } }, { a: 'urgent!' })).toBe(true);
    expect(isMatch({ a: { $regex: '^gent' } }, { a: 'urgent!' })).toBe(false);
    expect(isMatch({ a: { $regex: '(?i)URGENT' } }, { a: ['no', 'Urgent'] })).toBe(true);
    expect(isMatch({ a: { $regex: '1' } }, { a: 1 })).toBe(false);
  });
});

describe('combination', () => {
  it('$and, $or, $nor and $not combine rules', () => {
    const [yes, no] = [{ a: 1 }, { a: 2 }];
    const result = (when: object) => isMatch(when, { a: 1 });
    expect([result({ $and: [yes, yes] }), result({ $and: [yes, no] })]).toEqual([true, false]);
    expect([result({ $or: [no, yes] }), result({ $or: [no, no] })]).toEqual([true, false]);
    expect([result({ $nor: [no, no] }), result({ $nor: [no, yes] })]).toEqual([true, false]);
    expect([result({ $not: no }), result({ $not: yes })]).toEqual([true, false]);
  });

  it('$not under a path negates its operators together', () => {
    expect(isMatch({ a: { $not: { $gt: 2, $lt: 5 } } }, { a: 3 })).toBe(false);
    expect(isMatch({ a: { $not: { $gt: 2, $lt: 5 } } }, { a: 7 })).toBe(true);
    expect(isMatch({ a: { $not: { $not: { $gt: 2 } } } }, { a: 3 })).toBe(true);
  });

  it('combines rules beside paths', () => {
    const when = { tier: 'pro', $or: [{ region: 'eu' }, { region: 'ch' }] };
    expect(isMatch(when, { tier: 'pro', region: 'ch' })).toBe(true);
    expect(isMatch(when, { tier: 'free', region: 'ch' })).toBe(false);
  });
});

describe('a compiled rule', () => {
  it('has equalities with scalars sorted by path, also from $and', () => {
    const rule = compileRule({ z: 1, $and: [{ b: { $eq: null } }, { $and: [{ 'a.c': 'x' }] }] });
    expect(rule.equalities).toEqual([
      { path: 'a.c', value: 'x' },
      { path: 'b', value: null },
      { path: 'z', value: 1 },
    ]);
    expect(rule.predicate).toBeNull();
  });

  it('has all other conditions in its predicate, also a second equality of a path', () => {
    const rule = compileRule({ a: 1, $and: [{ a: 2 }], b: { c: 1 }, d: { $eq: 3, $ne: 4 } });
    expect(rule.equalities).toEqual([
      { path: 'a', value: 1 },
      { path: 'd', value: 3 },
    ]);
    expect(rule.predicate?.(evaluationOf({ a: [2], b: { c: 1 } }))).toBe(true);
    expect(rule.predicate?.(evaluationOf({ a: [1], b: { c: 1 } }))).toBe(false);
  });

  it('has no equalities from $or, $nor and $not', () => {
    for (const when of [
      { $or: [{ a: 1 }] },
      { $nor: [{ a: 1 }] },
      { $not: { a: 1 } },
      { a: { $not: { $eq: 1 } } },
    ]) {
      expect(compileRule(when).equalities).toEqual([]);
    }
  });

  it('counts leaf conditions in every combination', () => {
    expect(compileRule({ a: 1, b: { $gt: 1, $lt: 5 }, c: { $in: [1, 2, 3] } }).conditions).toBe(4);
    expect(compileRule({ $or: [{ a: 1 }, { $not: { b: { $not: { $gt: 1 } } } }] }).conditions).toBe(2);
  });
});

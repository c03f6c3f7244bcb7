import { compileRule, InvalidRuleError } from './compile-rule';
import { matches } from './fixtures/matches';

const holds = (when: unknown, context: Record<string, unknown>) => matches(compileRule(when), context);

describe('a rule', () => {
  it('without conditions holds always', () => {
    expect(holds({}, {})).toBe(true);
    expect(compileRule({})).toEqual({ conditions: 0, equalities: [], predicate: null });
  });

  it('holds if all its keys do', () => {
    expect(holds({ tier: 'pro', region: 'eu' }, { tier: 'pro', region: 'eu', other: 1 })).toBe(true);
    expect(holds({ tier: 'pro', region: 'eu' }, { tier: 'pro', region: 'us' })).toBe(false);
  });

  it('that is not valid is not compiled, and the error tells all that is wrong', () => {
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
    ['a string, to the letter', 'pro', 'Pro', false],
    ['a number with no string', 5, '5', false],
    ['a boolean with no number', true, 1, false],
    ['null with null', null, null, true],
    ['a scalar with an array that has it', 'a', ['b', 'a'], true],
    ['a scalar with no array deeper down', 'a', [['a']], false],
    ['null with an array that has it', null, [1, null], true],
    ['an object whatever the order of its keys', { x: 1, y: { z: [2] } }, { y: { z: [2] }, x: 1 }, true],
    ['an object with no larger one', { x: 1 }, { x: 1, y: 2 }, false],
    ['an object with no smaller one', { x: 1, y: 2 }, { x: 1 }, false],
    ['an object with no array that has it', { x: 1 }, [{ x: 1 }], false],
    ['the empty object with itself only', {}, { x: 1 }, false],
    ['an array in order', [1, 2], [1, 2], true],
    ['an array in no other order', [1, 2], [2, 1], false],
    ['an array with no longer one', [1], [1, 1], false],
    ['an empty array with no empty object', [], {}, false],
  ])('compares %s', (_name, operand, value, expected) => {
    expect(holds({ a: operand }, { a: value })).toBe(expected);
    expect(holds({ a: { $eq: operand } }, { a: value })).toBe(expected);
    expect(holds({ a: { $ne: operand } }, { a: value })).toBe(!expected);
    expect(holds({ a: { $in: ['z', operand] } }, { a: value })).toBe(expected);
    expect(holds({ a: { $nin: ['z', operand] } }, { a: value })).toBe(!expected);
  });

  it.each([null, 0, '', false, {}, []])('of a missing path with %j is false', (operand) => {
    expect(holds({ a: operand }, {})).toBe(false);
    expect(holds({ 'a.b': operand }, { a: 5 })).toBe(false);
    expect(holds({ a: { $in: [operand] } }, {})).toBe(false);
  });

  it('is found in a long list as in a short one', () => {
    const $in = Array.from({ length: 100 }, (_, index) => `t${index}`);
    for (const value of $in) expect(holds({ a: { $in } }, { a: value })).toBe(true);
    expect(holds({ a: { $in } }, { a: ['x', 't99'] })).toBe(true);
    expect(holds({ a: { $in } }, { a: 't100' })).toBe(false);
    expect(holds({ a: { $in } }, {})).toBe(false);
  });

  it('with one of an empty list never holds, with none of it always', () => {
    expect(holds({ a: { $in: [] } }, { a: 1 })).toBe(false);
    expect(holds({ a: { $nin: [] } }, { a: 1 })).toBe(true);
  });
});

describe('a missing path', () => {
  it.each([{ $exists: false }, { $ne: 1 }, { $ne: null }, { $nin: [1, null] }, { $not: { $gt: 1 } }])(
    'satisfies %j',
    (operators) => expect(holds({ 'a.b': operators }, { a: {} })).toBe(true),
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
  ])('does not satisfy %j', (operators) => expect(holds({ 'a.b': operators }, { a: {} })).toBe(false));

  it('is another thing than null, which exists', () => {
    expect(holds({ a: { $exists: true } }, { a: null })).toBe(true);
    expect(holds({ a: { $exists: false } }, { a: null })).toBe(false);
  });
});

describe('comparison', () => {
  it.each([
    ['$gt', [false, false, true]],
    ['$gte', [false, true, true]],
    ['$lt', [true, false, false]],
    ['$lte', [true, true, false]],
  ])('%s is of number with number and text with text', (operator, [below, same, above]) => {
    const numbers = [1, 2, 3].map((value) => holds({ a: { [operator]: 2 } }, { a: value }));
    const texts = ['A', 'a', 'b'].map((value) => holds({ a: { [operator]: 'a' } }, { a: value }));
    expect([numbers, texts]).toEqual([
      [below, same, above],
      [below, same, above],
    ]);
  });

  it.each(['$gt', '$gte', '$lt', '$lte'])('%s of unlike types is false', (operator) => {
    for (const value of ['5', null, true, {}, { valueOf: 5 }, [['5']]]) {
      expect(holds({ a: { [operator]: 4 } }, { a: value })).toBe(false);
    }
    for (const value of [5, null, true, {}])
      expect(holds({ a: { [operator]: '4' } }, { a: value })).toBe(false);
  });

  it('of texts goes by code unit', () => {
    expect(holds({ a: { $gt: '10' } }, { a: '9' })).toBe(true);
    expect(holds({ a: { $lt: 'a' } }, { a: 'Z' })).toBe(true);
  });

  it('of an array holds if one of its items does, each operator by itself', () => {
    expect(holds({ a: { $gt: 5 } }, { a: ['9', 6] })).toBe(true);
    expect(holds({ a: { $gt: 5 } }, { a: [1, '9'] })).toBe(false);
    expect(holds({ a: { $gt: 5, $lt: 3 } }, { a: [1, 9] })).toBe(true);
  });
});

describe('operators on texts', () => {
  it('$contains finds a part of a text, or an item of an array', () => {
    expect(holds({ a: { $contains: 'b' } }, { a: 'abc' })).toBe(true);
    expect(holds({ a: { $contains: 'b' } }, { a: ['a', 'b'] })).toBe(true);
    expect(holds({ a: { $contains: 'b' } }, { a: ['abc'] })).toBe(false);
    expect(holds({ a: { $contains: { x: 1 } } }, { a: [{ x: 1 }] })).toBe(true);
    expect(holds({ a: { $contains: 1 } }, { a: '1' })).toBe(false);
    expect(holds({ a: { $contains: 'b' } }, { a: { b: 'b' } })).toBe(false);
  });

  it('$startsWith and $endsWith ask for the ends, of one item if it is an array', () => {
    expect(holds({ a: { $startsWith: 'gpt-' } }, { a: 'gpt-4' })).toBe(true);
    expect(holds({ a: { $startsWith: 'gpt-' } }, { a: 'my-gpt-4' })).toBe(false);
    expect(holds({ a: { $endsWith: '-4' } }, { a: ['x', 'gpt-4'] })).toBe(true);
    expect(holds({ a: { $endsWith: '-4' } }, { a: 'gpt-4o' })).toBe(false);
    expect(holds({ a: { $startsWith: '1' } }, { a: 12 })).toBe(false);
  });

  it('$regex searches anywhere, in one item if it is an array, with flags inside', () => {
    expect(holds({ a: { $regex: 'gent' } }, { a: 'urgent!' })).toBe(true);
    expect(holds({ a: { $regex: '^gent' } }, { a: 'urgent!' })).toBe(false);
    expect(holds({ a: { $regex: '(?i)URGENT' } }, { a: ['no', 'Urgent'] })).toBe(true);
    expect(holds({ a: { $regex: '1' } }, { a: 1 })).toBe(false);
  });
});

describe('combination', () => {
  it('$and, $or, $nor and $not mean what they say', () => {
    const [yes, no] = [{ a: 1 }, { a: 2 }];
    const result = (when: object) => holds(when, { a: 1 });
    expect([result({ $and: [yes, yes] }), result({ $and: [yes, no] })]).toEqual([true, false]);
    expect([result({ $or: [no, yes] }), result({ $or: [no, no] })]).toEqual([true, false]);
    expect([result({ $nor: [no, no] }), result({ $nor: [no, yes] })]).toEqual([true, false]);
    expect([result({ $not: no }), result({ $not: yes })]).toEqual([true, false]);
  });

  it('$not under a path negates its operators together', () => {
    expect(holds({ a: { $not: { $gt: 2, $lt: 5 } } }, { a: 3 })).toBe(false);
    expect(holds({ a: { $not: { $gt: 2, $lt: 5 } } }, { a: 7 })).toBe(true);
    expect(holds({ a: { $not: { $not: { $gt: 2 } } } }, { a: 3 })).toBe(true);
  });

  it('combines rules beside paths', () => {
    const when = { tier: 'pro', $or: [{ region: 'eu' }, { region: 'ch' }] };
    expect(holds(when, { tier: 'pro', region: 'ch' })).toBe(true);
    expect(holds(when, { tier: 'free', region: 'ch' })).toBe(false);
  });
});

describe('a compiled rule', () => {
  it('shows equalities with scalars, through $and and beside other operators, sorted by path', () => {
    const rule = compileRule({ z: 1, $and: [{ b: { $eq: null } }, { $and: [{ 'a.c': 'x' }] }] });
    expect(rule.equalities).toEqual([
      { path: 'a.c', value: 'x' },
      { path: 'b', value: null },
      { path: 'z', value: 1 },
    ]);
    expect(rule.predicate).toBeNull();
  });

  it('keeps in its rest what is no equality with a scalar, or comes second for its path', () => {
    const rule = compileRule({ a: 1, $and: [{ a: 2 }], b: { c: 1 }, d: { $eq: 3, $ne: 4 } });
    expect(rule.equalities).toEqual([
      { path: 'a', value: 1 },
      { path: 'd', value: 3 },
    ]);
    expect(rule.predicate?.({ a: [2], b: { c: 1 } })).toBe(true);
    expect(rule.predicate?.({ a: [1], b: { c: 1 } })).toBe(false);
  });

  it('shows no equality of $or, $nor and $not', () => {
    for (const when of [
      { $or: [{ a: 1 }] },
      { $nor: [{ a: 1 }] },
      { $not: { a: 1 } },
      { a: { $not: { $eq: 1 } } },
    ]) {
      expect(compileRule(when).equalities).toEqual([]);
    }
  });

  it('counts leaf conditions, however they are combined', () => {
    expect(compileRule({ a: 1, b: { $gt: 1, $lt: 5 }, c: { $in: [1, 2, 3] } }).conditions).toBe(4);
    expect(compileRule({ $or: [{ a: 1 }, { $not: { b: { $not: { $gt: 1 } } } }] }).conditions).toBe(2);
  });

  it('shares equal equalities with other rules', () => {
    const [first] = compileRule({ tier: 'pro' }).equalities;
    const [second] = compileRule({ $and: [{ tier: 'pro' }] }).equalities;
    expect(first).toBe(second);
    expect(compileRule({ tier: '1' }).equalities).not.toEqual(compileRule({ tier: 1 }).equalities);
  });
});

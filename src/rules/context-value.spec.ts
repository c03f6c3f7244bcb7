import fc from 'fast-check';
import { canonicalText, deepEquals, equalityKeys, ItemValues, valueAt } from './context-value';
import { values } from './fixtures/rule-arbitraries';

describe('valueAt', () => {
  it('follows a dotted path through objects and arrays', () => {
    const context = { a: { b: [{ c: 'x' }, { c: 'y' }] } };
    expect(valueAt(context, 'a.b.1.c')).toBe('y');
    expect(valueAt(context, 'a')).toBe(context.a);
  });

  it.each(['b', 'a.x', 'a.b.2', 'a.b.0.c.d', 'a.b.d', 'a.b.c.d'])('returns undefined at %s', (path) => {
    expect(valueAt({ a: { b: [{ c: 'x' }] } }, path)).toBeUndefined();
  });

  it.each<[string, unknown, unknown]>([
    ['the values of several items', [{ id: 1 }, { id: 2 }], new ItemValues([1, 2])],
    ['the value of the only item that has one', [{ id: 1 }, { x: 2 }, 'id', null], 1],
    ['undefined if no item has the value', [{ x: 1 }, 'id', 2, null], undefined],
    ['nothing of the arrays in an array', [[{ id: 1 }], { id: 2 }], 2],
    ['the arrays of items as they are', [{ id: [1, 2] }, { id: [] }], new ItemValues([[1, 2], []])],
  ])('returns %s', (_, items, expected) => expect(valueAt({ items }, 'items.id')).toEqual(expected));

  it('looks into arrays below the items of an array', () => {
    const context = { a: [{ b: [{ c: 1 }, { c: 2 }] }, { b: { c: 3 } }, { b: [] }] };
    expect(valueAt(context, 'a.b.c')).toEqual(new ItemValues([1, 2, 3]));
    expect(valueAt(context, 'a.0.b.c')).toEqual(new ItemValues([1, 2]));
    expect(valueAt(context, 'a.b.0.c')).toBe(1);
  });

  it('treats digits as an index of an array, not as a name in its items', () => {
    expect(valueAt({ a: [{ 1: 'x', '01': 'y' }] }, 'a.1')).toBeUndefined();
    expect(valueAt({ a: [{ 1: 'x', '01': 'y' }] }, 'a.01')).toBeUndefined();
  });

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'constructor.name',
    '__proto__.toString',
    'a.length',
    'a.at',
  ])('returns undefined for the inherited or hidden property %s', (path) =>
    expect(valueAt({ a: [1, 2] }, path)).toBeUndefined(),
  );

  it.each(['__proto__', 'constructor', 'toString', 'length'])('returns an own property named %s', (key) => {
    expect(valueAt(JSON.parse(`{"a":{"${key}":5}}`) as Record<string, unknown>, `a.${key}`)).toBe(5);
  });

  it('returns undefined for a property that is not enumerable', () => {
    expect(valueAt(Object.defineProperty({}, 'a', { value: 1 }), 'a')).toBeUndefined();
  });

  it.each(['text.0', 'text.length', 'number.toFixed'])('returns undefined inside a scalar: %s', (path) => {
    expect(valueAt({ text: 'abc', number: 5 }, path)).toBeUndefined();
  });

  it.each(['00', '01', '1.0', '-1', '+1', '1e0', ' 1'])(
    'returns undefined for the index %s, which is not canonical',
    (index) => {
      expect(valueAt({ a: ['x', 'y'] }, `a.${index}`)).toBeUndefined();
    },
  );

  it('treats digits as a key in an object', () => {
    expect(valueAt({ a: { '01': 'x' } }, 'a.01')).toBe('x');
  });

  it('ignores keys that contain dots', () => {
    expect(valueAt({ 'a.b': 1 }, 'a.b')).toBeUndefined();
  });

  it('returns the same value after the path cache was cleared', () => {
    const context = { a: { b: 1 } };
    for (let index = 0; index < 25_000; index++) valueAt(context, `a.c${index}`);
    expect(valueAt(context, 'a.b')).toBe(1);
  });
});

describe('equalityKeys', () => {
  it('returns a scalar itself, or the distinct scalars in an array', () => {
    expect(equalityKeys('a')).toEqual(['a']);
    expect(equalityKeys(null)).toEqual([null]);
    expect(equalityKeys(['a', 1, '1', { b: 2 }, ['c'], null, 'a'])).toEqual(['a', 1, '1', null]);
  });

  it('returns the distinct scalars of several values', () => {
    expect(equalityKeys(new ItemValues(['a', ['a', 'b'], { c: 1 }, null, [[2]]]))).toEqual(['a', 'b', null]);
  });

  it.each([undefined, {}, []])('returns no keys for %j', (value) => expect(equalityKeys(value)).toEqual([]));
});

describe('canonicalText', () => {
  it('is the same for values that are deeply equal, and for no others', () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        expect(canonicalText(left) === canonicalText(right)).toBe(deepEquals(left, right));
        expect(canonicalText(structuredClone(left))).toBe(canonicalText(left));
      }),
    );
    expect(canonicalText({ b: [1, { d: 2, c: 3 }], a: null })).toBe('{"a":null,"b":[1,{"c":3,"d":2}]}');
  });
});

describe('deepEquals', () => {
  it('treats inherited properties as missing', () => {
    expect(deepEquals({ toString: 1 }, { valueOf: 1 })).toBe(false);
    expect(deepEquals(JSON.parse('{"__proto__":{}}'), {})).toBe(false);
  });
});

import { deepEquals, equalityKeys, valueAt } from './context-value';

describe('valueAt', () => {
  it('follows a dotted path through objects and arrays', () => {
    const context = { a: { b: [{ c: 'x' }, { c: 'y' }] } };
    expect(valueAt(context, 'a.b.1.c')).toBe('y');
    expect(valueAt(context, 'a')).toBe(context.a);
  });

  it.each(['b', 'a.x', 'a.b.2', 'a.b.0.c.d', 'a.b.c'])('returns undefined at %s', (path) => {
    expect(valueAt({ a: { b: [{ c: 'x' }] } }, path)).toBeUndefined();
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

  it.each([undefined, {}, []])('returns no keys for %j', (value) => expect(equalityKeys(value)).toEqual([]));
});

describe('deepEquals', () => {
  it('treats inherited properties as missing', () => {
    expect(deepEquals({ toString: 1 }, { valueOf: 1 })).toBe(false);
    expect(deepEquals(JSON.parse('{"__proto__":{}}'), {})).toBe(false);
  });
});

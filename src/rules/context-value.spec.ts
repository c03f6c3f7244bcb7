import { deepEquals, equalityKeys, valueAt } from './context-value';

describe('valueAt', () => {
  it('follows a dotted path through objects and arrays', () => {
    const context = { a: { b: [{ c: 'x' }, { c: 'y' }] } };
    expect(valueAt(context, 'a.b.1.c')).toBe('y');
    expect(valueAt(context, 'a')).toBe(context.a);
  });

  it.each(['b', 'a.x', 'a.b.2', 'a.b.0.c.d', 'a.b.c'])('finds nothing at %s', (path) => {
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
  ])('finds nothing that is not the context’s own, such as %s', (path) =>
    expect(valueAt({ a: [1, 2] }, path)).toBeUndefined(),
  );

  it.each(['__proto__', 'constructor', 'toString', 'length'])('finds %s where it is its own', (key) => {
    expect(valueAt(JSON.parse(`{"a":{"${key}":5}}`) as Record<string, unknown>, `a.${key}`)).toBe(5);
  });

  it('does not find what is not enumerable', () => {
    expect(valueAt(Object.defineProperty({}, 'a', { value: 1 }), 'a')).toBeUndefined();
  });

  it.each(['text.0', 'text.length', 'number.toFixed'])('does not look inside a scalar: %s', (path) => {
    expect(valueAt({ text: 'abc', number: 5 }, path)).toBeUndefined();
  });

  it.each(['00', '01', '1.0', '-1', '+1', '1e0', ' 1'])(
    'knows an item by its canonical index, not %s',
    (index) => {
      expect(valueAt({ a: ['x', 'y'] }, `a.${index}`)).toBeUndefined();
    },
  );

  it('takes digits for a key where there is an object', () => {
    expect(valueAt({ a: { '01': 'x' } }, 'a.01')).toBe('x');
  });

  it('takes no dotted key', () => {
    expect(valueAt({ 'a.b': 1 }, 'a.b')).toBeUndefined();
  });

  it('finds as well after very many other paths', () => {
    const context = { a: { b: 1 } };
    for (let index = 0; index < 25_000; index++) valueAt(context, `a.c${index}`);
    expect(valueAt(context, 'a.b')).toBe(1);
  });
});

describe('equalityKeys', () => {
  it('are a scalar itself, or those in an array, each once', () => {
    expect(equalityKeys('a')).toEqual(['a']);
    expect(equalityKeys(null)).toEqual([null]);
    expect(equalityKeys(['a', 1, '1', { b: 2 }, ['c'], null, 'a'])).toEqual(['a', 1, '1', null]);
  });

  it.each([undefined, {}, []])('are none of %j', (value) => expect(equalityKeys(value)).toEqual([]));
});

describe('deepEquals', () => {
  it('takes what is not the own of an object for missing', () => {
    expect(deepEquals({ toString: 1 }, { valueOf: 1 })).toBe(false);
    expect(deepEquals(JSON.parse('{"__proto__":{}}'), {})).toBe(false);
  });
});

import * as fc from 'fast-check';
import { elementOf, memberOf, pathOf } from './find-value';
import { JSON_LIKE, WRITTEN_OBJECT } from './fixtures/json-arbitraries';
import { booleanAt, jsonAt, numberAt, stringAt } from './read-value';
import { type Span } from './span';

const textAt = (bytes: Buffer, span: Span | null) => span && bytes.toString('utf8', span.start, span.end);

const whole = (bytes: Buffer): Span => ({ start: 0, end: bytes.length });

describe('memberOf', () => {
  const find = (text: string, key: string) => {
    const bytes = Buffer.from(text);
    return textAt(bytes, memberOf(bytes, 0, bytes.length, key));
  };

  it.each([
    ['{"a":1,"b":[2]}', 'b', '[2]'],
    ['{"a":{"b":1},"b":2}', 'b', '2'],
    ['{"\\u0061":1}', 'a', '1'],
    ['{"a":1,"a":2}', 'a', '1'],
    ['{"a":1,"b":2', 'b', '2'],
    ['{"a":1', 'b', null],
    ['{"a":1}', 'b', null],
    ['[{"a":1}]', 'a', null],
    ['"a"', 'a', null],
    ['', 'a', null],
  ])('finds in %s the member %s: %s', (text, key, expected) => expect(find(text, key)).toBe(expected));

  it('reads only the given part of the buffer', () => {
    const bytes = Buffer.from('{"a":{"b":1},"c":2}');
    expect(memberOf(bytes, 5, 12, 'c')).toBeNull();
    expect(textAt(bytes, memberOf(bytes, 5, 12, 'b'))).toBe('1');
    expect(memberOf(bytes, 5, 10, 'b')).toBeNull();
  });

  it('finds every member of every object', () => {
    fc.assert(
      fc.property(WRITTEN_OBJECT, ({ text, members }) => {
        for (const { key, json } of members) {
          if (/^[\x20-\x7e]*$/.test(key)) expect(find(text, key)).toBe(json);
        }
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(JSON_LIKE, fc.constantFrom('a', '', 'aa'), (text, key) => void find(text, key)));
  });
});

describe('pathOf', () => {
  const bytes = Buffer.from('{"choices":[{"delta":{"content":"x"}},{"delta":null}],"usage":{"n":3}}');

  it.each<[(string | number)[], string | null]>([
    [['usage', 'n'], '3'],
    [['choices', 0, 'delta', 'content'], '"x"'],
    [['choices', 1, 'delta'], 'null'],
    [['choices', 1, 'delta', 'content'], null],
    [['choices', 2], null],
    [['choices', 'delta'], null],
    [['usage', 0], null],
    [['none', 'n'], null],
  ])('follows %j to %s', (path, expected) => {
    expect(textAt(bytes, pathOf(bytes, whole(bytes), ...path))).toBe(expected);
  });
});

describe('elementOf', () => {
  it.each([
    ['[]', 0, null],
    [' [ 1 , "a" ] ', 1, '"a"'],
    ['[1,2]', 2, null],
    ['[1 2]', 1, null],
    ['[1,', 1, null],
    ['{"a":1}', 0, null],
  ])('finds in %s the element %d: %s', (text, index, expected) => {
    const bytes = Buffer.from(text);
    expect(textAt(bytes, elementOf(bytes, 0, bytes.length, index))).toBe(expected);
  });
});

describe('the value at a span', () => {
  it.each<[string, unknown]>([
    ['"a"', { string: 'a', number: null, boolean: null, json: 'a' }],
    ['"\\u00e9\\n"', { string: 'é\n', number: null, boolean: null, json: 'é\n' }],
    ['"\\ud800"', { string: '\ud800', number: null, boolean: null, json: '\ud800' }],
    ['"\\x"', { string: null, number: null, boolean: null, json: undefined }],
    ['-1.5e2', { string: null, number: -150, boolean: null, json: -150 }],
    ['1e400', { string: null, number: null, boolean: null, json: Infinity }],
    ['true', { string: null, number: null, boolean: true, json: true }],
    ['false', { string: null, number: null, boolean: false, json: false }],
    ['null', { string: null, number: null, boolean: null, json: null }],
    ['[1]', { string: null, number: null, boolean: null, json: [1] }],
    ['[1', { string: null, number: null, boolean: null, json: undefined }],
  ])('is read from %s', (text, expected) => {
    const bytes = Buffer.from(text);
    const span = whole(bytes);
    expect({
      string: stringAt(bytes, span),
      number: numberAt(bytes, span),
      boolean: booleanAt(bytes, span),
      json: jsonAt(bytes, span),
    }).toEqual(expected);
  });

  it('is not parsed if it is too long', () => {
    const bytes = Buffer.from('[1,2]');
    expect(jsonAt(bytes, whole(bytes), 4)).toBeUndefined();
    expect(jsonAt(bytes, whole(bytes), 5)).toEqual([1, 2]);
    const long = Buffer.from(JSON.stringify('x'.repeat(1024 * 1024)));
    expect(jsonAt(long, whole(long))).toBeUndefined();
  });
});

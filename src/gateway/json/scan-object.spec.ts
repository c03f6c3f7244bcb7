import * as fc from 'fast-check';
import { JSON_LIKE, WRITTEN_OBJECT } from './fixtures/json-arbitraries';
import { JsonProblem } from './json-problem';
import { type Member, scanObject } from './scan-object';

function scan(text: string): Member[] | JsonProblem {
  const bytes = Buffer.from(text);
  return scanObject(bytes, 0, bytes.length);
}

function scanMembers(text: string): Member[] {
  const members = scan(text);
  if (members instanceof JsonProblem) throw new Error(`${members.detail} at ${members.offset} of ${text}`);
  return members;
}

const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

describe('scanObject', () => {
  it('finds the spans of keys and values', () => {
    const text = ' { "a" : 1 , "b\\n":{"c":[]}} ';
    expect(scanMembers(text)).toEqual([
      { key: 'a', keyStart: 3, keyEnd: 6, valueStart: 9, valueEnd: 10 },
      { key: 'b\\n', keyStart: 13, keyEnd: 18, valueStart: 19, valueEnd: 27 },
    ]);
  });

  it('finds the members that JSON.parse finds, with the bytes of their values', () => {
    fc.assert(
      fc.property(WRITTEN_OBJECT, ({ text, members }) => {
        const bytes = Buffer.from(text);
        const found = scanMembers(text).map(({ keyStart, keyEnd, valueStart, valueEnd }) => ({
          key: JSON.parse(bytes.toString('utf8', keyStart, keyEnd)),
          json: bytes.toString('utf8', valueStart, valueEnd),
        }));
        expect(found).toEqual(members.map(({ key, json }) => ({ key, json })));
      }),
      { numRuns: 500 },
    );
  });

  it('accepts every object that JSON.parse accepts, and stays inside the text', () => {
    fc.assert(
      fc.property(JSON_LIKE, (text) => {
        const members = scan(text);
        if (members instanceof JsonProblem) {
          expect(members.offset).toBeLessThanOrEqual(Buffer.byteLength(text));
          expect(isObject(text)).toBe(false);
        } else {
          for (const { key, valueEnd } of members) {
            expect(Buffer.from(text).toString('latin1', valueEnd - 1, valueEnd)).not.toBe('');
            expect(text).toContain(`"${key}"`);
          }
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('finds a problem in every text that is cut', () => {
    fc.assert(
      fc.property(WRITTEN_OBJECT, fc.nat(), ({ text }, nat) => {
        const bytes = Buffer.from(text.trimEnd());
        const cut = nat % bytes.length;
        expect(scanObject(bytes.subarray(0, cut), 0, cut)).toBeInstanceOf(JsonProblem);
        expect(scanObject(bytes, 0, cut)).toBeInstanceOf(JsonProblem);
      }),
    );
  });

  it.each([
    ['', 0, 'expected an object in braces'],
    ['[1]', 0, 'expected an object in braces'],
    ['"a"', 0, 'expected an object in braces'],
    ['{', 1, 'expected a key in double quotes'],
    ["{'a':1}", 1, 'expected a key in double quotes'],
    ['{a:1}', 1, 'expected a key in double quotes'],
    ['{,}', 1, 'expected a key in double quotes'],
    ['{"a":1,}', 7, 'expected a key in double quotes'],
    ['{"a"1}', 4, 'expected a colon after the key'],
    ['{"a":}', 5, 'expected a value'],
    ['{"a":1 2}', 7, 'expected a comma or a closing brace after the value'],
    ['{"a":"b" "c":1}', 9, 'expected a comma or a closing brace after the value'],
    ['{"a":1}}', 7, 'expected nothing after the object'],
    ['{"a":1}{"a":2}', 7, 'expected nothing after the object'],
    ['{"a":1}\0', 7, 'expected nothing after the object'],
    ['{"a":"b}', 5, 'the string that starts here does not end'],
    ['{"a":"b\\"}', 5, 'the string that starts here does not end'],
    ['{"a":["b}', 6, 'the string that starts here does not end'],
    ['{"a":[1,2', 5, 'the object or array that starts here does not end'],
    ['{"a":[1}', 7, 'this bracket closes one of another kind'],
    ['{"a":{"b":[}]}', 11, 'this bracket closes one of another kind'],
    ['{"a":[1 /* " */]}', 8, 'this byte is not allowed outside a string'],
    ['{"a":[\'x\']}', 6, 'this byte is not allowed outside a string'],
    [nested(129), 132, 'it nests deeper than 128 levels'],
  ])('reports %j at byte %d', (text, offset, detail) => {
    expect(scan(text)).toEqual(new JsonProblem(offset, detail));
  });

  it.each([
    'nul',
    'True',
    'truefalse',
    'NaN',
    'Infinity',
    '01',
    '+1',
    '-',
    '1.',
    '.5',
    '1e',
    '1e+',
    '0x10',
    '--1',
  ])('rejects the value %s of a member', (value) => {
    expect(scan(`{"a":${value}}`)).toEqual(new JsonProblem(5, 'expected a value'));
    expect(scan(`{"a":${value},"b":1}`)).toBeInstanceOf(JsonProblem);
  });

  it.each([
    '0',
    '-0',
    '10',
    '1.5',
    '-1.5e10',
    '1E-7',
    '1e+400',
    '9'.repeat(5000),
    'true',
    'false',
    'null',
    '""',
  ])('accepts the value %.20s of a member', (value) => {
    const members = scanMembers(`{"a":${value} ,"b":${value}}`);
    expect(members.map(({ valueStart, valueEnd }) => valueEnd - valueStart)).toEqual([
      value.length,
      value.length,
    ]);
  });

  it('accepts 128 levels and 1000 members', () => {
    expect(scanMembers(nested(128))).toHaveLength(1);
    const members = Array.from({ length: 1000 }, (_, index) => `"k${index}":1`);
    expect(scanMembers(`{${members.join()}}`)).toHaveLength(1000);
    expect(scan(`{${members.join()},"last":1}`)).toMatchObject({
      detail: 'the object has more than 1000 members',
    });
  });

  it('finds the end of strings with any number of backslashes', () => {
    for (let count = 0; count < 80; count++) {
      for (const filler of ['', 'x'.repeat(31), '\\"', `\\"${'y'.repeat(30)}`]) {
        const value = JSON.stringify(`${filler}${'\\'.repeat(count)}"`);
        const [member] = scanMembers(`{"a":${value},"b":1}`);
        expect(member!.valueEnd - member!.valueStart).toBe(Buffer.byteLength(value));
      }
    }
  });

  it('reports the strings inside members', () => {
    const text = '{"a":{"b":"c"},"d":["\\"",1],"e":"f"}';
    const bytes = Buffer.from(text);
    const strings: string[] = [];
    scanObject(bytes, 0, bytes.length, { onString: (start, end) => strings.push(text.slice(start, end)) });
    expect(strings).toEqual(['"b"', '"c"', '"\\""']);
  });

  it('tells keys apart that share a slot of its cache', () => {
    const keys = Array.from({ length: 5000 }, (_, index) =>
      `key${index}é${index % 7}`.slice(0, 4 + (index % 9)),
    );
    for (const key of [...keys, ...keys]) expect(scanMembers(`{"${key}":1}`)[0]!.key).toBe(key);
  });
});

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

import fc from 'fast-check';
import { expectCpuTimeBelow } from '../../../test/support/pace';
import { DomainError } from '../../common/domain-error';
import { parseStrictJson } from './strict-json';

const parse = (text: string) => parseStrictJson(Buffer.from(text));

function rejectionOf(body: string | Buffer): DomainError {
  try {
    parseStrictJson(Buffer.from(body as string));
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('the body was accepted');
}

const codeOf = (body: string | Buffer) => rejectionOf(body).code;

describe('parseStrictJson', () => {
  it('reads an object with every kind of value', () => {
    const text =
      ' {"a": [1, -2.5e3, true, false, null, "\\u00e9\\n😀\\ud83d\\ude00"], "b": {"": {}}, "c": []}\r\n\t';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each(['null', '"text"', '5', 'true', '[]', '[{"a":1}]'])('rejects %s as the whole body', (text) => {
    expect(rejectionOf(text)).toMatchObject({ kind: 'malformed', code: 'body.not_an_object' });
  });

  it.each([
    ['an empty body', '', 0],
    ['white space only', '  ', 2],
    ['an open object', '{"a":1', 6],
    ['a trailing comma', '{"a":1,}', 7],
    ['a line comment', '{"a":1 // b\n}', 7],
    ['a block comment', '{/* b */"a":1}', 1],
    ['single quotes', "{'a':1}", 1],
    ['a key without quotes', '{a:1}', 1],
    ['text after the object', '{"a":1} x', 8],
    ['a leading zero', '{"a":01}', 6],
    ['NaN', '{"a":NaN}', 5],
    ['a raw control character', '{"a":"b\nc"}', 5],
    ['an invalid escape', '{"a":"\\x"}', 5],
    ['no-break space between tokens', '{\u00a0"a":1}', 1],
  ])('rejects %s and reports the offset', (_name, text, offset) => {
    expect(rejectionOf(text)).toMatchObject({
      code: 'body.malformed_json',
      detail: `The body is not valid JSON (character ${offset}). Correct the JSON there.`,
    });
  });

  it('never quotes the body in an error', () => {
    const secret = 'sk-Secret-0123456789';
    const bodies = [
      `{"api_key":"${secret}"`,
      `{"api_key":${secret}}`,
      `{"${secret}":1,"${secret}":2}`,
      `{"${secret}":{"${secret}":1,"${secret}":2}}`,
      `{"${secret}":1e400}`,
      `{"${secret}":{"__proto__":"${secret}"}}`,
      `{"a":"${secret}\\ud800"}`,
      `"${secret}"`,
    ];
    for (const body of bodies) {
      const { detail, message, cause, stack } = rejectionOf(body);
      expect(JSON.stringify([detail, message, cause, stack])).not.toContain('Secret');
    }
  });

  it('accepts depth 32 and rejects depth 33', () => {
    const nested = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
    expect(parse(nested(32))).toBeDefined();
    expect(codeOf(nested(33))).toBe('body.too_deep');
    expect(codeOf(`{"a":${'['.repeat(32)}${']'.repeat(32)}}`)).toBe('body.too_deep');
  });

  it('ignores brackets inside strings', () => {
    const text = JSON.stringify({ ['[{"'.repeat(50)]: '\\"[,:{'.repeat(1000) });
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('accepts 2000 values and rejects 2001', () => {
    const list = (length: number, item: string) => `{"a":[${Array<string>(length).fill(item).join(', ')}]}`;
    expect(parse(list(1998, '1'))).toBeDefined();
    expect(parse(list(1998, '{ }'))).toBeDefined();
    expect(codeOf(list(1999, '1'))).toBe('body.too_many_nodes');
    expect(codeOf(list(1999, '[]'))).toBe('body.too_many_nodes');
    expect(parse(list(999, '{"b":1}'))).toBeDefined();
    expect(codeOf(list(1000, '{"b":1}'))).toBe('body.too_many_nodes');
  });

  it.each([
    ['at the top', '{"a":1,"b":2,"a":3}', 'at the top'],
    ['written with an escape', '{"a":1,"\\u0061":2}', 'at the top'],
    ['with equal values', '{"x":{"a":null,"a":null}}', 'at /x'],
    ['in a list', '{"x":[{"a":1},{"a":1,"b":{},"a":1}]}', 'at /x/1'],
    ['empty', '{"":1,"":1}', 'at the top'],
    ['below a key that may be a secret', '{"x":{"K-1":{"a":1,"a":1}}}', 'somewhere below /x'],
  ])('rejects a duplicate key: %s', (_name, text, place) => {
    expect(rejectionOf(text)).toMatchObject({
      code: 'body.duplicate_key',
      detail: `Duplicate key in the object ${place}. Send each key once.`,
    });
  });

  it('accepts one key in several objects, and keys named like methods', () => {
    const text = '{"a":{"a":[{"a":1},{"a":1}]},"toString":1,"hasOwnProperty":2}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '__proto__',
    'constructor',
    'prototype',
    '\\u005f_proto__',
    '\\u005F\\u005fproto\\u005f_',
    'c\\u006fnstructor',
  ])('rejects the key %s at any depth', (key) => {
    expect(codeOf(`{"${key}":1}`)).toBe('body.forbidden_key');
    expect(codeOf(`{"a":[{"b":{"${key}":{}}}]}`)).toBe('body.forbidden_key');
  });

  it('accepts forbidden keys as values', () => {
    expect(parse('{"name":"__proto__","b":["constructor"]}')).toEqual({
      name: '__proto__',
      b: ['constructor'],
    });
  });

  it.each(['"\\ud800"', '"a\\uDFFFb"', '"\\ude00\\ud83d"', '["\\ud83d"]', '{"\\ud800":1}'])(
    'rejects the lone surrogate in %s',
    (value) => expect(codeOf(`{"a":${value}}`)).toBe('body.lone_surrogate'),
  );

  it('does not read an escaped backslash before "ud800" as a surrogate', () => {
    expect(parse('{"a":"\\\\ud800"}')).toEqual({ a: '\\ud800' });
  });

  it.each(['1e400', '-1e400', '1' + '0'.repeat(400)])('rejects the number %s', (number) => {
    expect(codeOf(`{"a":[${number}]}`)).toBe('body.number_out_of_range');
  });

  it('rejects a byte order mark', () => expect(codeOf('\ufeff{"a":1}')).toBe('body.byte_order_mark'));

  it.each([
    ['UTF-16 LE', Buffer.from('{"a":1}', 'utf16le')],
    ['UTF-16 LE with a byte order mark', Buffer.from('\ufeff{"a":1}', 'utf16le')],
    ['UTF-16 BE', Buffer.from('{"a":1}', 'utf16le').swap16()],
    ['UTF-16 BE with a byte order mark', Buffer.from('\ufeff{"a":1}', 'utf16le').swap16()],
    ['Latin-1', Buffer.from('{"a":"é"}', 'latin1')],
    ['an overlong slash', Buffer.from('7b2261223a22c0af227d', 'hex')],
    ['a surrogate as three bytes', Buffer.from('7b2261223a22eda080227d', 'hex')],
    ['a truncated character', Buffer.from('7b2261223a22f09f98', 'hex')],
  ])('rejects %s', (_name, body) => expect(codeOf(body)).toBe('body.invalid_utf8'));

  it.each(['[', '{"a":', ']', '"', '\\', '/*', '{', ',', '{}', '"\n[', '/*"*/['])(
    'rejects 256 KiB of %j quickly',
    async (piece) => {
      const body = Buffer.from(piece.repeat(Math.floor((256 * 1024) / piece.length)));
      await expectCpuTimeBelow(5, () => expect(codeOf(body)).toMatch(/^body\./));
    },
  );

  it('finds a duplicate below long keys without building their paths', async () => {
    const outer = `{"${'k'.repeat(200_000)}":`;
    const keys = Array.from({ length: 1900 }, (_, index) => `"${index}":1`).join(',');
    const body = `${outer}{${keys},"1":1}}`;
    await expectCpuTimeBelow(5, () => expect(codeOf(body)).toBe('body.duplicate_key'));
  });

  it('agrees with JSON.parse on every object within the limits', () => {
    const forbidden = ['__proto__', 'constructor', 'prototype'];
    const key = fc.string({ unit: 'grapheme' }).filter((text) => !forbidden.includes(text));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.boolean(),
        ),
        fc.array(tie('value'), { maxLength: 5 }),
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      ),
    }));
    const body = fc.tuple(fc.dictionary(key, value), fc.constantFrom(undefined, 1, '\t'));
    fc.assert(
      fc.property(body, ([object, space]) => {
        const text = JSON.stringify(object, null, space);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('accepts only what JSON.parse accepts, and throws only DomainErrors', () => {
    const soup = fc
      .array(
        fc.constantFrom(
          ...'{}[],:"\\\n ',
          '\\u',
          'd800',
          '"a":',
          '1e',
          '-',
          '0',
          '//',
          '/*',
          '*/',
          'null',
          '\0',
        ),
      )
      .map((pieces) => Buffer.from(pieces.join('')));
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.oneof(soup, bytes), (body) => {
        let accepted: unknown;
        try {
          accepted = parseStrictJson(body);
        } catch (error) {
          return expect(error).toBeInstanceOf(DomainError);
        }
        expect(accepted).toEqual(JSON.parse(body.toString()));
      }),
      { numRuns: 2000 },
    );
  });
});

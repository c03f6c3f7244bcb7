import * as fc from 'fast-check';
import { foldCase } from '../../common/identity-key';
import { GatewayError } from '../dialect/gateway-error';
import { JSON_LIKE, WRITTEN_OBJECT } from '../json/fixtures/json-arbitraries';
import { RequestBody } from './request-body';

const parse = (text: string) => RequestBody.parse(Buffer.from(text));

function rejectionOf(bytes: Buffer): GatewayError {
  try {
    RequestBody.parse(bytes);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error(`accepted ${bytes.toString()}`);
}

describe('RequestBody.parse', () => {
  it.each<[string, Buffer, string]>([
    ['an empty body', Buffer.alloc(0), 'The body is empty. Send a JSON object.'],
    [
      'a byte order mark',
      Buffer.from('\ufeff{"model":"a"}'),
      'The body starts with a byte order mark. Send UTF-8 without the mark.',
    ],
    ['UTF-16', Buffer.from('{"model":"a"}', 'utf16le'), 'The body is not UTF-8. Encode the JSON in UTF-8.'],
    ['UTF-16, big-endian', Buffer.from('\0{\0}'), 'The body is not UTF-8. Encode the JSON in UTF-8.'],
    [
      'a byte that is not UTF-8',
      Buffer.from('{"model":"\xff"}', 'latin1'),
      'The body is not UTF-8. Encode the JSON in UTF-8.',
    ],
    [
      'an encoded surrogate',
      Buffer.from('{"model":"\xed\xa0\x80"}', 'latin1'),
      'The body is not UTF-8. Encode the JSON in UTF-8.',
    ],
    [
      'an array',
      Buffer.from('[]'),
      'The body is not one valid JSON object: expected an object in braces (byte 0). Correct the JSON there.',
    ],
    [
      'two objects',
      Buffer.from('{}{}'),
      'The body is not one valid JSON object: expected nothing after the object (byte 2). Correct the JSON there.',
    ],
    [
      'a repeated name',
      Buffer.from('{"model":"a","model":"b"}'),
      'The parameter "model" is repeated, perhaps in another case (byte 13). Send it once.',
    ],
    [
      'a repeated name with an escape',
      Buffer.from('{"model":"a","mod\\u0065l":"b"}'),
      'The parameter "model" is repeated, perhaps in another case (byte 13). Send it once.',
    ],
    [
      'a name in another case',
      Buffer.from('{"model":"a","Model":"b"}'),
      'The parameter "Model" is repeated, perhaps in another case (byte 13). Send it once.',
    ],
    [
      'a name that folds to another',
      Buffer.from('{"stream":true,"\u017ftream":false}'),
      'A parameter is repeated, perhaps in another case (byte 15). Send it once.',
    ],
    [
      'a repeated name that may be a secret',
      Buffer.from(`{"sk ${'x'.repeat(80)}":1,"sk ${'x'.repeat(80)}":1}`),
      'A parameter is repeated, perhaps in another case (byte 89). Send it once.',
    ],
    [
      'an invalid escape in a name',
      Buffer.from('{"mod\\xel":"a"}'),
      'The name of a parameter has an invalid escape (byte 1). Correct the JSON there.',
    ],
  ])('rejects %s', (_name, bytes, message) => {
    const { code, message: actual } = rejectionOf(bytes);
    expect({ code, message: actual }).toEqual({ code: 'invalid_body', message });
  });

  it('names the repeated parameter', () => {
    expect(rejectionOf(Buffer.from('{"n":1,"n":2}')).details.param).toBe('n');
  });

  it('keeps the bytes of a body', () => {
    const bytes = Buffer.from(' {"model" : "\\ud800", "x":[NaN, 01, "\t"]}\n');
    expect(RequestBody.parse(bytes).bytes).toBe(bytes);
  });

  it('removes needless escapes from top-level names only', () => {
    const body = parse('{"n":1.50,"mod\\u0065l":"a\\u0062","\\"\\n":{"\\u0061":1},"\\ud800":2}');
    expect(body.bytes.toString()).toBe('{"n":1.50,"model":"a\\u0062","\\"\\n":{"\\u0061":1},"\\ud800":2}');
    expect([body.string('model'), body.number('n'), body.json('"\n'), body.number('\ud800')]).toEqual([
      'ab',
      1.5,
      { a: 1 },
      2,
    ]);
  });

  it('does not confuse names with the prototype of an object', () => {
    const body = parse('{"__proto__":{"model":"a"},"toString":1}');
    expect([body.has('model'), body.has('constructor'), body.number('toString')]).toEqual([false, false, 1]);
  });

  it('reads the members that JSON.parse reads', () => {
    fc.assert(
      fc.property(WRITTEN_OBJECT, ({ text, members }) => {
        const folded = new Set(members.map(({ key }) => foldCase(key)));
        fc.pre(folded.size === members.length);
        const body = parse(text);
        for (const { key, json } of members) {
          const value: unknown = JSON.parse(json);
          expect(body.has(key)).toBe(true);
          expect(body.json(key)).toEqual(value);
          expect(body.string(key)).toBe(typeof value === 'string' ? value : null);
          expect(body.number(key)).toBe(typeof value === 'number' ? value : null);
          expect(body.boolean(key)).toBe(typeof value === 'boolean' ? value : null);
          expect(body.hasValue(key)).toBe(value !== null);
          expect(body.hasElements(key)).toBe(Array.isArray(value) && value.length > 0);
          expect(body.memberBytes(key)?.toString()).toBe(json);
        }
      }),
    );
  });

  it('throws only GatewayError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          JSON_LIKE.map((text) => Buffer.from(text)),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          try {
            RequestBody.parse(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('the values of a body', () => {
  const body = parse(
    '{"text":"a","number":1,"flag":false,"null":null,"list":[ ],"full":[ {} ],"object":{"a":1}}',
  );

  it.each([
    ['absent', { has: false, hasValue: false, hasElements: false, json: undefined }],
    ['null', { has: true, hasValue: false, hasElements: false, json: null }],
    ['list', { has: true, hasValue: true, hasElements: false, json: [] }],
    ['full', { has: true, hasValue: true, hasElements: true, json: [{}] }],
    ['object', { has: true, hasValue: true, hasElements: false, json: { a: 1 } }],
  ])('describe the member %s', (key, expected) => {
    expect({
      has: body.has(key),
      hasValue: body.hasValue(key),
      hasElements: body.hasElements(key),
      json: body.json(key),
    }).toEqual(expected);
  });

  it('are null if they have another type', () => {
    expect([
      body.string('number'),
      body.number('text'),
      body.boolean('null'),
      body.memberBytes('absent'),
    ]).toEqual([null, null, null, null]);
  });

  it('are not parsed beyond 1 MiB', () => {
    const long = parse(JSON.stringify({ a: ['x'.repeat(1024 * 1024)] }));
    expect(long.json('a')).toBeUndefined();
    expect(long.memberBytes('a')).toHaveLength(1024 * 1024 + 4);
  });
});

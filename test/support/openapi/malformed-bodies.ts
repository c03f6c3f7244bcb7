import { gzipSync } from 'node:zlib';
import type { Json } from '../clients/api-client';

/** A request that every route with a body rejects, derived from a valid one. */
export interface MalformedBody {
  readonly status: number;
  /** The problem code, or null if several are right. */
  readonly code: string | null;
  /** `application/json` by default; null sends no type. */
  readonly contentType?: string | null;
  readonly contentEncoding?: string;
  bytes(valid: Json): Uint8Array | string;
}

const TOO_LARGE = 256 * 1024 + 1;

/** Adds a member to the valid body as literal JSON text. */
const withMember = (member: string) => (valid: Json) => JSON.stringify(valid).replace(/\}$/, `,${member}}`);
const malformed = (code: string | null, bytes: MalformedBody['bytes']): MalformedBody => ({
  status: 400,
  code,
  bytes,
});
const member = (code: string, text: string) => malformed(code, withMember(text));
const whole = (text: string) => malformed('body.not_an_object', () => text);
const ofType = (contentType: string | null): MalformedBody => ({
  status: 415,
  code: 'body.unsupported_media_type',
  contentType,
  bytes: (valid) => JSON.stringify(valid),
});
const compressed = (contentEncoding: string, bytes: MalformedBody['bytes']): MalformedBody => ({
  status: 415,
  code: 'body.unsupported_media_type',
  contentEncoding,
  bytes,
});
const nestedArrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const withBytes =
  (...bytes: number[]) =>
  (valid: Json) => {
    const [head, tail] = withMember('"x":"|"')(valid).split('|');
    return Buffer.concat([Buffer.from(head!), Buffer.from(bytes), Buffer.from(tail!)]);
  };
const encoded =
  (encode: (text: string) => Buffer) =>
  (valid: Json): Buffer =>
    encode(JSON.stringify(valid));

export const MALFORMED_BODIES: Readonly<Record<string, MalformedBody>> = {
  'one byte too large': {
    status: 413,
    code: 'body.too_large',
    bytes: (valid) => JSON.stringify(valid).padEnd(TOO_LARGE),
  },
  'too deep': member('body.too_deep', `"x":${nestedArrays(32)}`),
  'with too many values': member('body.too_many_nodes', `"x":[${Array<string>(2000).fill('1').join()}]`),
  'with 40 000 nested brackets': malformed('body.too_deep', () => '['.repeat(40_000)),
  'with a duplicate key': member('body.duplicate_key', '"x":1,"x":1'),
  'with a nested duplicate key': member('body.duplicate_key', '"x":[{"a":1,"\\u0061":1}]'),
  'with __proto__': member('body.forbidden_key', '"__proto__":{"x":1}'),
  'with a nested constructor': member('body.forbidden_key', '"x":[[{"constructor":null}]]'),
  'with an escaped prototype': member('body.forbidden_key', '"x":{"\\u0070rototype":1}'),
  'with invalid UTF-8': malformed('body.invalid_utf8', withBytes(0xff)),
  'with overlong UTF-8': malformed('body.invalid_utf8', withBytes(0xc0, 0xaf)),
  'with half a surrogate pair': member('body.lone_surrogate', '"x":"\\ud800"'),
  'with half a surrogate pair in a key': member('body.lone_surrogate', '"\\udc00":1'),
  'in UTF-16': malformed(
    null,
    encoded((text) => Buffer.from(text, 'utf16le')),
  ),
  'with a byte order mark': malformed(
    'body.byte_order_mark',
    encoded((text) => Buffer.from(`\ufeff${text}`)),
  ),
  'with a raw NUL': malformed('body.malformed_json', withBytes(0)),
  'with a trailing comma': malformed('body.malformed_json', (valid) =>
    JSON.stringify(valid).replace(/\}$/, ',}'),
  ),
  'without its last character': malformed('body.malformed_json', (valid) =>
    JSON.stringify(valid).slice(0, -1),
  ),
  'with text after it': malformed('body.malformed_json', (valid) => `${JSON.stringify(valid)} {}`),
  'with NaN': member('body.malformed_json', '"x":NaN'),
  'with a number beyond the range of a double': member('body.number_out_of_range', '"x":1e400'),
  null: whole('null'),
  'a string': whole('"text"'),
  'a number': whole('5'),
  'an array': whole('[]'),
  'an array of objects': whole('[{}]'),
  'sent as text': ofType('text/plain'),
  'sent as a form': ofType('application/x-www-form-urlencoded'),
  'sent as a multipart form': ofType('multipart/form-data; boundary=x'),
  'sent as a merge patch': ofType('application/merge-patch+json'),
  'in another charset': ofType('application/json; charset=utf-16'),
  'with an unknown content type': ofType('nonsense'),
  'without a content type': ofType(null),
  compressed: compressed('gzip', (valid) => gzipSync(JSON.stringify(valid))),
  'declared as compressed': compressed('br', (valid) => JSON.stringify(valid)),
};

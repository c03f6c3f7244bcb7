import { gzipSync } from 'node:zlib';
import { startTestApp, type TestApp } from '../../support/app/app';

const PATH = '/v1/llm-providers';
const MARKER = 'sk-must-not-be-echoed';
const KIB_256 = 256 * 1024;
const JSON_TYPE = 'application/json';

describe('a request body', () => {
  let app: TestApp;
  let count = 0;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  /** A valid body with additional members. */
  const text = (more = '') =>
    `{"name":"p${(count += 1)}","provider":"openai","api_key":"${MARKER}-0123456789"${more && ','}${more}}`;

  function send(body: Uint8Array | string, headers: Record<string, string> = { 'Content-Type': JSON_TYPE }) {
    const all = { Authorization: `Bearer ${app.adminToken}`, ...headers };
    return app.api.rawRequest({ method: 'POST', path: PATH, headers: Object.entries(all), body });
  }

  async function expectRejection(body: Uint8Array | string, code: string) {
    const before = (await app.api.get(PATH)).body.length;
    const response = await send(body);
    expect(response).toMatchObject({ status: 400, body: { code } });
    expect(response.text).not.toContain('must-not-be-echoed');
    expect((await app.api.get(PATH)).body).toHaveLength(before);
  }

  describe('size', () => {
    it('accepts 256 KiB', async () => {
      expect((await send(text().padEnd(KIB_256))).status).toBe(201);
    });

    it('returns 413 for one more byte', async () => {
      const response = await send(text().padEnd(KIB_256 + 1));
      expect(response).toMatchObject({ status: 413, body: { code: 'body.too_large' } });
    });

    it('returns 413 before the end of a chunked body', async () => {
      const chunk = `${(64 * 1024).toString(16)}\r\n${' '.repeat(64 * 1024)}\r\n`;
      const head = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${app.adminToken}\r\n`;
      const framing = `Content-Type: ${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`;
      // There is no last chunk, so a server that waits for the end never responds.
      const response = await app.api.raw(head + framing + chunk.repeat(5));
      expect(response).toMatchObject({ status: 413, body: { code: 'body.too_large' } });
    });

    it('returns 413 for a large Content-Length before the body arrives', async () => {
      const head = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${app.adminToken}\r\n`;
      const response = await app.api.raw(
        `${head}Content-Type: ${JSON_TYPE}\r\nContent-Length: 999999999\r\n\r\n`,
      );
      expect(response.status).toBe(413);
    });
  });

  describe('structure', () => {
    const nest = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

    it('accepts 32 levels and rejects 33', async () => {
      // The body and advanced_json are two of the levels.
      expect((await send(text(`"advanced_json":{"a":${nest(30)}}`))).status).toBe(201);
      await expectRejection(text(`"advanced_json":{"a":${nest(31)}}`), 'body.too_deep');
    });

    it('accepts 2000 values and rejects 2001', async () => {
      const values = (total: number) => {
        // The body, its three members, advanced_json and the list itself are six.
        return text(
          `"advanced_json":{"a":[${Array<string>(total - 6)
            .fill('1')
            .join()}]}`,
        );
      };
      expect((await send(values(2000))).status).toBe(201);
      await expectRejection(values(2001), 'body.too_many_nodes');
    });

    it.each([
      ['[', '['.repeat(40_000)],
      ['{"a":', '{"a":'.repeat(40_000)],
      ['[[],', '[[],'.repeat(40_000)],
    ])('returns 400 for 40 000 times %s', async (_piece, body) => {
      expect((await send(body)).status).toBe(400);
    });

    it.each(['null', '"text"', '[]', '[{}]', '5', 'true', '""'])('returns 400 for %s', async (body) => {
      expect((await send(body)).status).toBe(400);
    });

    it.each(['', ' ', '\n'])('returns 400 for the empty body %j', async (body) => {
      expect((await send(body)).status).toBe(400);
    });

    it('returns 400 without a body', async () => {
      expect((await app.api.request('POST', PATH)).status).toBe(400);
    });
  });

  describe('keys', () => {
    it.each([
      ['at the top', '"name":"twice"'],
      ['in a nested object', '"advanced_json":{"a":[{"b":1,"b":1}]}'],
      ['written with an escape', '"advanced_json":{"a":1,"\\u0061":2}'],
      ['that are empty', '"advanced_json":{"":1,"":2}'],
    ])('returns 400 for duplicates %s', async (_where, member) => {
      await expectRejection(text(member), 'body.duplicate_key');
    });

    const forbidden = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__'];
    it.each(forbidden)('returns 400 for %s at any depth', async (key) => {
      for (const member of [
        `"${key}":{"x":1}`,
        `"advanced_json":{"${key}":{}}`,
        `"advanced_json":{"a":[[{"b":{"${key}":null}}]]}`,
      ]) {
        await expectRejection(text(member), 'body.forbidden_key');
      }
      expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    });
  });

  describe('encoding', () => {
    const withBytes = (...bytes: number[]) => {
      const [head, tail] = text('"base_url":"|"').split('|');
      return Buffer.concat([Buffer.from(head!), Buffer.from(bytes), Buffer.from(tail!)]);
    };

    it.each<[string, number[]]>([
      ['a lone continuation byte', [0x80]],
      ['a truncated sequence', [0xe2, 0x82]],
      ['an overlong form', [0xc0, 0xaf]],
      ['a surrogate in UTF-8', [0xed, 0xa0, 0x80]],
      ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
      ['a byte that UTF-8 never has', [0xff]],
      ['Latin-1', [0xe9]],
    ])('returns 400 for %s', async (_case, bytes) => {
      await expectRejection(withBytes(...bytes), 'body.invalid_utf8');
    });

    it.each(['\\ud800', '\\udc00', '\\udc00\\ud800', 'a\\ud83d', '\\ud83d\\u0041'])(
      'returns 400 for half a surrogate pair (%s)',
      async (escaped) => {
        await expectRejection(text(`"advanced_json":{"a":"${escaped}"}`), 'body.lone_surrogate');
        await expectRejection(text(`"advanced_json":{"${escaped}":1}`), 'body.lone_surrogate');
      },
    );

    it('accepts a whole surrogate pair, escaped or not', async () => {
      const response = await send(text('"advanced_json":{"a":"\\ud83d\\ude00😀"}'));
      expect(response).toMatchObject({ status: 201, body: { advanced_json: { a: '😀😀' } } });
    });

    it.each<[string, (body: string) => Buffer]>([
      ['UTF-16 little-endian', (body) => Buffer.from(body, 'utf16le')],
      ['UTF-16 with a byte order mark', (body) => Buffer.from(`\ufeff${body}`, 'utf16le')],
      ['UTF-16 big-endian', (body) => Buffer.from(body, 'utf16le').swap16()],
      ['UTF-8 with a byte order mark', (body) => Buffer.from(`\ufeff${body}`)],
    ])('returns 400 for %s', async (_case, encode) => {
      const response = await send(encode(text()));
      expect(response.status).toBe(400);
      expect(response.text).not.toContain('must-not-be-echoed');
    });

    it('returns 400 for a raw control character in a string', async () => {
      await expectRejection(withBytes(0x00), 'body.malformed_json');
      await expectRejection(withBytes(0x0a), 'body.malformed_json');
    });
  });

  describe('syntax', () => {
    it.each<[string, string, number]>([
      ['a trailing comma', `{"name":"${MARKER}",}`, 32],
      ['a single quote', `{'name':"${MARKER}"}`, 1],
      ['a comment', `{/* ${MARKER} */}`, 1],
      ['an unfinished string', `{"name":"${MARKER}`, 8],
      ['a word', `{"name":${MARKER}}`, 8],
      ['NaN', `{"priority":NaN}`, 12],
      ['Infinity', `{"priority":-Infinity}`, 12],
      ['a leading zero', '{"priority":01}', 13],
      ['a hexadecimal number', '{"priority":0x10}', 13],
      ['text after the object', `{} ${MARKER}`, 3],
    ])('returns 400 for %s, with an offset and without quoting the body', async (_case, body, offset) => {
      const response = await send(body);
      expect(response).toMatchObject({ status: 400, body: { code: 'body.malformed_json' } });
      expect(response.text).not.toContain('must-not-be-echoed');
      const stated = Number(/\d+/.exec(response.body.detail)?.[0]);
      expect(Math.abs(stated - offset)).toBeLessThanOrEqual(1);
    });
  });

  describe('content type', () => {
    it.each([
      'text/plain',
      'text/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'application/merge-patch+json',
      'application/xml',
      'application/json; charset=utf-16',
      'application/json; charset=latin1',
      'nonsense',
      '',
    ])('returns 415 for %j', async (type) => {
      const response = await send(text(), { 'Content-Type': type });
      expect(response).toMatchObject({ status: 415, body: { code: 'body.unsupported_media_type' } });
    });

    it('returns 415 without a content type', async () => {
      expect((await send(text(), {})).status).toBe(415);
    });

    it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset="UTF-8"'])(
      'accepts %s',
      async (type) => {
        expect((await send(text(), { 'Content-Type': type })).status).toBe(201);
      },
    );

    it.each(['gzip', 'deflate', 'br', 'x-unknown'])(
      'returns 415 for Content-Encoding: %s',
      async (encoding) => {
        const headers = { 'Content-Type': JSON_TYPE, 'Content-Encoding': encoding };
        expect((await send(gzipSync(text()), headers)).status).toBe(415);
        expect((await send(text(), headers)).status).toBe(415);
      },
    );
  });
});

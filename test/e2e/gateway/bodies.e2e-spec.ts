import zlib from 'node:zlib';
import type { Target } from '../../support/gateway/gateway-app';
import { useGateway, useUpstream } from '../../support/gateway/use-gateway';
import { requestOf, responseOf } from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';

const MEBIBYTE = 2 ** 20;
const PATH = '/v1/chat/completions';
const hasZstd = 'createZstdDecompress' in zlib;

describe('the body of a call', () => {
  const app = useGateway({ env: { GATEWAY_MAX_BODY_MB: '1' } });
  const upstream = useUpstream();
  let target: Target;

  beforeAll(async () => {
    target = await app.createTarget(`${upstream.url}/v1`);
  });
  beforeEach(() => upstream.script(replyJson(responseOf('chat/completions'))));

  /** A body of exactly so many bytes. */
  function bodyOf(bytes: number): Buffer {
    const start = JSON.stringify(requestOf('chat/completions', target.selector)).slice(0, -1) + ',"user":"';
    return Buffer.from(`${start}${'x'.repeat(bytes - start.length - 2)}"}`);
  }

  const sentBytes = () => upstream.requests[0]!.body.length - target.model.length + target.selector.length;

  describe('may be compressed', () => {
    it.each([
      ['gzip', zlib.gzipSync],
      ['x-gzip', zlib.gzipSync],
      ['GZIP', zlib.gzipSync],
      ['deflate', zlib.deflateSync],
      ['identity', (body: Buffer) => body],
    ])('with %s', async (encoding, compress) => {
      const body = bodyOf(100_000);
      const response = await app.gateway.post(PATH, compress(body), { 'content-encoding': encoding });
      expect(response.status).toBe(200);
      expect(sentBytes()).toBe(100_000);
      expect(upstream.requests[0]!.headers['content-encoding']).toBeUndefined();
    });

    it.each(['br', 'gzip, gzip', 'compress', 'unknown', ...(hasZstd ? [] : ['zstd'])])(
      'but not with %s',
      async (encoding) => {
        const response = await app.gateway.post(PATH, bodyOf(1000), { 'content-encoding': encoding });
        expect([response.status, response.body.error.code]).toEqual([415, 'unsupported_media_type']);
        expect(response.body.error.message).toContain('gzip');
      },
    );

    it('and is 413 if its decoded bytes are too many, however few they were', async () => {
      const bomb = zlib.gzipSync(Buffer.alloc(64 * MEBIBYTE, ' '));
      const response = await app.gateway.post(PATH, bomb, { 'content-encoding': 'gzip' });
      expect([response.status, response.body.error.code]).toEqual([413, 'request_too_large']);
      expect((await app.gateway.post(PATH, bodyOf(1000))).status).toBe(200);
    });

    it.each([
      ['other bytes', Buffer.from('{"model":"x"}')],
      ['a part', zlib.gzipSync('{"model":"x"}').subarray(0, -12)],
    ])('and is 400 if it is %s', async (_what, bytes) => {
      const response = await app.gateway.post(PATH, bytes, { 'content-encoding': 'gzip' });
      expect([response.status, response.body.error.code]).toEqual([400, 'invalid_body']);
    });
  });

  describe('must be JSON', () => {
    it.each([
      undefined,
      'application/json',
      'Application/JSON; charset=UTF-8',
      'application/json; charset="utf-8"',
      'application/vnd.api+json',
    ])('by a content type such as %s', async (type) => {
      const headers = { 'content-type': type };
      expect((await app.gateway.post(PATH, bodyOf(500), headers as never)).status).toBe(200);
    });

    it.each([
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/jsonx',
      'application/x-www-form-urlencoded',
    ])('so %s is 415', async (type) => {
      const response = await app.gateway.post(PATH, bodyOf(500), { 'content-type': type });
      expect([response.status, response.body.error.code]).toEqual([415, 'unsupported_media_type']);
    });

    it.each([
      ['nothing', ''],
      ['no object', '[]'],
      ['a part of an object', '{"model":'],
      ['a repeated key', '{"model":"a","model":"b"}'],
      ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
      ['a byte order mark', '\ufeff{"model":"a"}'],
    ])('so %s is 400', async (_what, body) => {
      const response = await app.gateway.post(PATH, body);
      expect([response.status, response.body.error.code]).toEqual([400, 'invalid_body']);
      const anthropic = await app.gateway.post('/v1/messages', body);
      expect([anthropic.status, anthropic.body.error.type]).toEqual([400, 'invalid_request_error']);
      expect(upstream.requests).toHaveLength(0);
    });
  });

  describe('has a size', () => {
    it.each([{}, { 'content-length': undefined, 'transfer-encoding': 'chunked' }])(
      'up to the limit: %j',
      async (framing) => {
        expect((await app.gateway.post(PATH, bodyOf(MEBIBYTE), framing)).status).toBe(200);
        expect(sentBytes()).toBe(MEBIBYTE);
      },
    );

    it('and is 413 beyond it, before it has arrived, on a connection that ends', async () => {
      const connection = await app.connect();
      connection.writeHead(`POST ${PATH}`, {
        Authorization: `Bearer ${app.token}`,
        'Content-Length': String(MEBIBYTE + 1),
      });
      expect(await connection.responses()).toEqual([413]);
      expect(connection.received).toMatch(/^connection: close\r$/im);
      expect(connection.received).toContain('"code":"request_too_large"');
      await connection.ended();
    });

    it('that a chunked body does not announce', async () => {
      const connection = await app.connect();
      connection.writeHead(`POST ${PATH}`, {
        Authorization: `Bearer ${app.token}`,
        'Transfer-Encoding': 'chunked',
      });
      const piece = 'x'.repeat(0x10000);
      for (let count = 0; count < 17; count++) connection.write(`10000\r\n${piece}\r\n`);
      expect(await connection.responses()).toEqual([413]);
      await connection.ended();
    });

    it('in the form of the Messages API', async () => {
      const response = await app.gateway.post('/v1/messages', bodyOf(MEBIBYTE + 1));
      expect([response.status, response.body.error.type]).toEqual([413, 'request_too_large']);
    });
  });

  it('may arrive in tiny chunks', async () => {
    const connection = await app.connect();
    connection.writeHead(`POST ${PATH}`, {
      Authorization: `Bearer ${app.token}`,
      'Transfer-Encoding': 'chunked',
    });
    const text = bodyOf(3000).toString();
    for (const letter of text) connection.write(`1\r\n${letter}\r\n`);
    connection.write('0\r\n\r\n');
    expect(await connection.responses()).toEqual([200]);
    expect(sentBytes()).toBe(3000);
    connection.close();
  });

  it('that breaks the framing of HTTP is 400 in the form of its route', async () => {
    const connection = await app.connect();
    connection.writeHead('POST /v1/messages', {
      Authorization: `Bearer ${app.token}`,
      'Transfer-Encoding': 'chunked',
    });
    connection.write('zz\r\n');
    await connection.ended();
    expect(connection.statuses).toEqual([400]);
    expect(connection.received).toContain('{"type":"error","error":{"type":"invalid_request_error"');
    expect(connection.received).not.toContain('problem+json');
  });

  it('is requested by 100 Continue from a caller with a valid token only', async () => {
    const body = bodyOf(1000);
    const framing = { Expect: '100-continue', 'Content-Length': '1000' };
    const valid = await app.connect();
    valid.writeHead(`POST ${PATH}`, { Authorization: `Bearer ${app.token}`, ...framing });
    expect(await valid.responses()).toEqual([100]);
    valid.write(body);
    expect(await valid.responses(2)).toEqual([100, 200]);
    valid.close();
    const invalid = await app.connect();
    invalid.writeHead(`POST ${PATH}`, { Authorization: 'Bearer x', ...framing });
    await invalid.ended();
    expect(invalid.statuses).toEqual([401]);
  });
});

import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { paced } from '../../../test/support/pace';
import { client, closeAll, get, raw, trap, upstream } from '../fixtures/loopback-upstream';

const code = (expected: string) => expect.objectContaining({ code: expected });

afterEach(closeAll);

describe('answers', () => {
  const url = (port: number) => `http://127.0.0.1:${port}`;
  const plain = Buffer.from('{"hello":"world"}');

  it.each([
    ['identity', plain],
    ['gzip', gzipSync(plain)],
    ['br', brotliCompressSync(plain)],
    ['deflate', deflateSync(plain)],
  ])('in %s are decoded', async (encoding, bytes) => {
    const { port } = await upstream((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    await expect(get(client(), url(port))).resolves.toMatchObject({ status: 200, body: plain });
  });

  it.each([
    ['two encodings', 'gzip, gzip', gzipSync(gzipSync(plain))],
    ['an unknown encoding', 'zstd', plain],
    ['bytes that are not gzip', 'gzip', plain],
    ['half a gzip stream', 'gzip', gzipSync(plain).subarray(0, 20)],
  ])('with %s are invalid', async (_case, encoding, bytes) => {
    const { port } = await upstream((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    await expect(get(client(), url(port))).rejects.toEqual(code('llm_providers.upstream_invalid_response'));
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(64 << 20))],
    ['br', brotliCompressSync(Buffer.alloc(64 << 20), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('that are a %s bomb stop at the limit of decoded bytes', async (encoding, bomb) => {
    const { port } = await upstream((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
    );
    const before = process.memoryUsage().arrayBuffers;
    await expect(get(client(), url(port))).rejects.toEqual(code('llm_providers.upstream_invalid_response'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });

  it('of 50 MB are not read to the end', async () => {
    let sent = 0;
    const body = function* () {
      for (; sent < 50_000_000; sent += 50_000) yield Buffer.alloc(50_000);
    };
    const { port } = await upstream((_request, response) => Readable.from(body()).pipe(response));
    await expect(get(client(), url(port))).rejects.toEqual(code('llm_providers.upstream_invalid_response'));
    expect(sent).toBeLessThan(20_000_000);
  });

  it.each([
    ['body', 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n'],
    ['header', 'HTTP/1.1 200 OK\r\nx: '],
  ])('that dribble one byte of the %s at a time end at the total deadline', async (_part, start) => {
    const { port } = await raw((socket) => {
      socket.write(start);
      const timer = setInterval(() => socket.write('a'), 10);
      socket.on('close', () => clearInterval(timer)).resume();
    });
    const http = client({}, { headersTimeoutMs: 10_000, idleTimeoutMs: 10_000 });
    const { milliseconds, limit } = await paced(() =>
      expect(get(http, url(port), { deadlineMs: 300 })).rejects.toMatchObject({
        code: 'llm_providers.upstream_timeout',
        kind: 'upstream_timeout',
      }),
    );
    expect(milliseconds).toBeLessThan(limit(1500));
  });

  it('that never come time out, and an aborted call ends at once', async () => {
    const { port } = await raw((socket) => socket.resume());
    await expect(get(client(), url(port), { deadlineMs: 100 })).rejects.toEqual(
      code('llm_providers.upstream_timeout'),
    );
    await expect(get(client(), url(port), { signal: AbortSignal.timeout(50) })).rejects.toEqual(
      code('llm_providers.upstream_timeout'),
    );
    await expect(get(client(), url(port), { signal: AbortSignal.abort() })).rejects.toEqual(
      code('llm_providers.upstream_timeout'),
    );
  });

  it('with more than 16 KiB of headers are invalid', async () => {
    const { port } = await raw((socket) => {
      socket.once('data', () =>
        socket.end(`HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(20)}\r\n`),
      );
    });
    await expect(get(client(), url(port))).rejects.toEqual(code('llm_providers.upstream_invalid_response'));
  });

  it('that are not HTTP are invalid', async () => {
    const { port } = await raw((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    await expect(get(client(), url(port))).rejects.toEqual(code('llm_providers.upstream_invalid_response'));
  });

  it('that are reset or refused are unreachable', async () => {
    const { port } = await raw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await expect(get(client(), url(port))).rejects.toEqual(code('upstream_unreachable'));
    const closed = await trap();
    await closeAll();
    await expect(get(client(), url(closed.port))).rejects.toEqual(code('upstream_unreachable'));
  });

  it('that are cut in the middle of the body are unreachable', async () => {
    const { port } = await raw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'));
    });
    await expect(get(client(), url(port))).rejects.toEqual(code('upstream_unreachable'));
  });

  it('of an error keep their status and at most 16 KiB', async () => {
    const { port } = await upstream((_request, response) =>
      response.writeHead(500).end('x'.repeat(1_000_000)),
    );
    const { status, body } = await get(client(), url(port));
    expect({ status, length: body.length }).toEqual({ status: 500, length: 16_384 });
  });

  it('come to each of many calls at once', async () => {
    const { port, connections } = await upstream((request, response) => response.end(request.url));
    const http = client();
    const calls = Array.from({ length: 50 }, (_, index) => get(http, `${url(port)}/${index}`));
    const bodies = (await Promise.all(calls)).map(({ body }) => body.toString());
    expect(bodies).toEqual(calls.map((_, index) => `/${index}`));
    expect(connections()).toBe(50);
  });

  it('still awaited when the module is destroyed fail', async () => {
    const { port } = await raw((socket) => socket.resume());
    const http = client();
    const pending = expect(get(http, url(port))).rejects.toEqual(code('upstream_unreachable'));
    await sleep(50);
    await http.onApplicationShutdown();
    await pending;
  });
});

import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import {
  closeAll,
  createClient,
  LONG_MS,
  sendGet,
  startRawUpstream,
  startTrap,
  startUpstream,
} from '../fixtures/loopback-upstream';

const code = (expected: string) => expect.objectContaining({ code: expected });

afterEach(closeAll);

describe('GuardedHttpClient.request', () => {
  const url = (port: number) => `http://127.0.0.1:${port}`;
  const plain = Buffer.from('{"hello":"world"}');

  it.each([
    ['identity', plain],
    ['gzip', gzipSync(plain)],
    ['br', brotliCompressSync(plain)],
    ['deflate', deflateSync(plain)],
  ])('decodes a response in %s', async (encoding, bytes) => {
    const { port } = await startUpstream((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    await expect(sendGet(createClient(), url(port))).resolves.toMatchObject({ status: 200, body: plain });
  });

  it.each([
    ['two encodings', 'gzip, gzip', gzipSync(gzipSync(plain))],
    ['an unknown encoding', 'zstd', plain],
    ['invalid gzip', 'gzip', plain],
    ['half a gzip stream', 'gzip', gzipSync(plain).subarray(0, 20)],
  ])('throws upstream_invalid_response for %s', async (_case, encoding, bytes) => {
    const { port } = await startUpstream((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    await expect(sendGet(createClient(), url(port))).rejects.toEqual(
      code('llm_providers.upstream_invalid_response'),
    );
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(64 << 20))],
    ['br', brotliCompressSync(Buffer.alloc(64 << 20), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('stops a %s bomb at the limit of decoded bytes', async (encoding, bomb) => {
    const { port } = await startUpstream((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
    );
    const before = process.memoryUsage().arrayBuffers;
    await expect(sendGet(createClient(), url(port))).rejects.toEqual(
      code('llm_providers.upstream_invalid_response'),
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });

  it('stops reading a response of 50 MB at the limit', async () => {
    let sent = 0;
    const body = function* () {
      for (; sent < 50_000_000; sent += 50_000) yield Buffer.alloc(50_000);
    };
    const { port } = await startUpstream((_request, response) => Readable.from(body()).pipe(response));
    await expect(sendGet(createClient(), url(port))).rejects.toEqual(
      code('llm_providers.upstream_invalid_response'),
    );
    expect(sent).toBeLessThan(20_000_000);
  });

  it.each([
    ['body', 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n'],
    ['header', 'HTTP/1.1 200 OK\r\nx: '],
  ])('ends a %s that arrives byte by byte at the deadline of the call', async (_part, start) => {
    const { port } = await startRawUpstream((socket) => {
      socket.write(start);
      const timer = setInterval(() => socket.write('a'), 10);
      socket.on('close', () => clearInterval(timer)).resume();
    });
    // No other limit can end this call.
    const http = createClient({}, { headersTimeoutMs: LONG_MS, idleTimeoutMs: LONG_MS });
    await expect(sendGet(http, url(port), { deadlineMs: 300 })).rejects.toMatchObject({
      code: 'llm_providers.upstream_timeout',
      kind: 'upstream_timeout',
    });
  });

  it('throws upstream_timeout when the upstream does not respond before the deadline', async () => {
    const { port } = await startRawUpstream((socket) => socket.resume());
    await expect(sendGet(createClient(), url(port), { deadlineMs: 100 })).rejects.toEqual(
      code('llm_providers.upstream_timeout'),
    );
  });

  it('throws upstream_timeout when the signal aborts, before or during the call', async () => {
    const abort = new AbortController();
    const { port } = await startRawUpstream((socket) => socket.once('data', () => abort.abort()));
    const http = createClient({}, { headersTimeoutMs: LONG_MS });
    for (const signal of [abort.signal, AbortSignal.abort()]) {
      await expect(sendGet(http, url(port), { signal })).rejects.toEqual(
        code('llm_providers.upstream_timeout'),
      );
    }
  });

  it('throws upstream_invalid_response for more than 16 KiB of headers', async () => {
    const { port } = await startRawUpstream((socket) => {
      socket.once('data', () =>
        socket.end(`HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(20)}\r\n`),
      );
    });
    await expect(sendGet(createClient(), url(port))).rejects.toEqual(
      code('llm_providers.upstream_invalid_response'),
    );
  });

  it('throws upstream_invalid_response for bytes that are not HTTP', async () => {
    const { port } = await startRawUpstream((socket) =>
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
    );
    await expect(sendGet(createClient(), url(port))).rejects.toEqual(
      code('llm_providers.upstream_invalid_response'),
    );
  });

  it('throws upstream_unreachable for a reset or rejected connection', async () => {
    const { port } = await startRawUpstream((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await expect(sendGet(createClient(), url(port))).rejects.toEqual(code('upstream_unreachable'));
    const closed = await startTrap();
    await closeAll();
    await expect(sendGet(createClient(), url(closed.port))).rejects.toEqual(code('upstream_unreachable'));
  });

  it('throws upstream_unreachable for a connection that ends in the middle of the body', async () => {
    const { port } = await startRawUpstream((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'));
    });
    await expect(sendGet(createClient(), url(port))).rejects.toEqual(code('upstream_unreachable'));
  });

  it('returns an error response with its status and the first 16 KiB of its body', async () => {
    const { port } = await startUpstream((_request, response) =>
      response.writeHead(500).end('x'.repeat(1_000_000)),
    );
    const { status, body } = await sendGet(createClient(), url(port));
    expect({ status, length: body.length }).toEqual({ status: 500, length: 16_384 });
  });

  it('opens one connection for each of 50 concurrent calls', async () => {
    const { port, connections } = await startUpstream((request, response) => response.end(request.url));
    const http = createClient();
    const calls = Array.from({ length: 50 }, (_, index) => sendGet(http, `${url(port)}/${index}`));
    const bodies = (await Promise.all(calls)).map(({ body }) => body.toString());
    expect(bodies).toEqual(calls.map((_, index) => `/${index}`));
    expect(connections()).toBe(50);
  });

  it('throws upstream_unreachable when the application shuts down during the call', async () => {
    const arrivals = new EventEmitter();
    const { port } = await startRawUpstream((socket) => socket.once('data', () => arrivals.emit('request')));
    const http = createClient();
    const rejection = expect(sendGet(http, url(port))).rejects.toEqual(code('upstream_unreachable'));
    await once(arrivals, 'request');
    await http.onApplicationShutdown();
    await rejection;
  });
});

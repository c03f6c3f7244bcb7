import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import {
  closeAll,
  createClient,
  resolveTo,
  sendGet,
  startRawUpstream,
  startServer,
} from '../fixtures/loopback-upstream';

/** Enough to fill the buffers of both sockets many times over. The client may receive a 32nd of it. */
const FLOOD_BYTES = 64 << 20;
const MAX_BYTES = 1 << 20;
const BLOCK_BYTES = 64 << 10;

interface Flood {
  readonly start: string | Buffer;
  readonly repeat: string | Buffer;
  /** Completes the response, so that it succeeds unless the client stops it. */
  readonly end: string | Buffer;
}

const head = (...headers: string[]) => ['HTTP/1.1 200 OK', ...headers, '', ''].join('\r\n');
const bytes = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const CHUNKED = head('transfer-encoding: chunked');
const encoded = (encoding: string) => head(`content-encoding: ${encoding}`, 'connection: close');
const OK = `${head('content-length: 2')}{}`;

const floods: Record<string, Flood> = {
  'a chunk extension': { start: `${CHUNKED}2;`, repeat: 'a', end: '\r\n{}\r\n0\r\n\r\n' },
  'extensions of many chunks': { start: CHUNKED, repeat: `1;${'a'.repeat(999)}\r\n \r\n`, end: '0\r\n\r\n' },
  'chunks of one byte': { start: CHUNKED, repeat: '1\r\n \r\n', end: '0\r\n\r\n' },
  'early hints': { start: '', repeat: 'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n', end: OK },
  'interim responses': { start: '', repeat: 'HTTP/1.1 102 Processing\r\n\r\n', end: OK },
  'empty lines before the response': { start: '', repeat: '\r\n', end: OK },
  'a reason phrase': { start: 'HTTP/1.1 200 ', repeat: 'a', end: '\r\ncontent-length: 2\r\n\r\n{}' },
  'a header': { start: 'HTTP/1.1 200 OK\r\nx: ', repeat: 'a', end: '\r\ncontent-length: 2\r\n\r\n{}' },
  'many headers': { start: 'HTTP/1.1 200 OK\r\n', repeat: 'x: a\r\n', end: 'content-length: 2\r\n\r\n{}' },
  trailers: { start: `${CHUNKED}2\r\n{}\r\n0\r\n`, repeat: 'x: a\r\n', end: '\r\n' },
  'empty gzip members': { start: encoded('gzip'), repeat: gzipSync(''), end: gzipSync('{}') },
  'empty deflate blocks': {
    start: bytes(encoded('deflate'), Buffer.from('789c', 'hex')),
    repeat: Buffer.from('000000ffff', 'hex'),
    end: Buffer.from('010000ffff00000001', 'hex'),
  },
  // RFC 7932 section 9.2: metadata without content, then the last, empty block.
  'empty brotli blocks': {
    start: bytes(encoded('br'), Buffer.from('0c', 'hex')),
    repeat: Buffer.from('06', 'hex'),
    end: Buffer.from('03', 'hex'),
  },
};

/** Sends the flood as fast as the client reads it. */
async function send({ start, repeat, end }: Flood, socket: Socket): Promise<void> {
  const block = Buffer.alloc(Math.floor(BLOCK_BYTES / repeat.length) * repeat.length, repeat);
  await once(socket, 'data');
  socket.resume().write(start);
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  while (socket.bytesWritten < FLOOD_BYTES) {
    if (!socket.write(block)) await once(socket, 'drain', { signal: closed.signal });
  }
  socket.end(end);
}

/** Starts a flood for every connection. `sent` resolves to the bytes that left this side. */
function createFlood(flood: Flood) {
  let report: (bytes: number) => void = () => undefined;
  const sent = new Promise<number>((resolve) => (report = resolve));
  const handler = (socket: Socket) => {
    socket
      .on('error', () => undefined)
      .once('close', () => report(socket.bytesWritten - socket.writableLength));
    void send(flood, socket).catch(() => undefined);
  };
  return { handler, sent };
}

describe('the bytes that GuardedHttpClient receives', () => {
  afterEach(closeAll);

  const invalid = expect.objectContaining({ code: 'llm_providers.upstream_invalid_response' });
  const pem = (name: string) => readFileSync(join(__dirname, '../fixtures', `${name}.pem`), 'utf8');
  const options = { resolve: resolveTo('127.0.0.1'), certificateAuthorities: pem('ca') };
  const limits = { maxBytes: MAX_BYTES };

  it.each(Object.entries(floods))('are limited when the upstream floods %s', async (_case, flood) => {
    const { handler, sent } = createFlood(flood);
    const { port } = await startRawUpstream(handler);
    await expect(sendGet(createClient(), `http://127.0.0.1:${port}`, limits)).rejects.toEqual(invalid);
    expect(await sent).toBeLessThan(FLOOD_BYTES / 2);
  });

  it('are limited over TLS', async () => {
    const { handler, sent } = createFlood(floods['a chunk extension']!);
    const { port } = await startServer(
      createTlsServer({ key: pem('server.key'), cert: pem('valid') }, handler),
    );
    const http = createClient({}, options);
    await expect(sendGet(http, `https://upstream.example:${port}`, limits)).rejects.toEqual(invalid);
    expect(await sent).toBeLessThan(FLOOD_BYTES / 2);
  });

  it('are limited through EGRESS_PROXY', async () => {
    const { handler, sent } = createFlood(floods['early hints']!);
    const { port } = await startRawUpstream(handler);
    const proxy = createServer().on('connect', (_request, socket: Socket) => {
      const target = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(target).pipe(socket);
      }).on('error', () => socket.destroy());
      socket.on('error', () => target.destroy()).once('close', () => target.destroy());
    });
    const { port: proxyPort } = await startServer(proxy);
    const http = createClient({ proxy: new URL(`http://127.0.0.1:${proxyPort}`) }, options);
    await expect(sendGet(http, `http://upstream.example:${port}`, limits)).rejects.toEqual(invalid);
    expect(await sent).toBeLessThan(FLOOD_BYTES / 2);
    await http.onApplicationShutdown();
  });

  it.each([
    ['in one piece', `${head(`content-length: ${MAX_BYTES}`)}${' '.repeat(MAX_BYTES)}`],
    ['in chunks', `${CHUNKED}${`1000\r\n${' '.repeat(0x1000)}\r\n`.repeat(MAX_BYTES / 0x1000)}0\r\n\r\n`],
    ['after 100 early hints', `${floods['early hints']!.repeat.toString().repeat(100)}${OK}`],
  ])('may be those of a body of the allowed size, %s', async (_case, response) => {
    const { port } = await startRawUpstream((socket) => socket.once('data', () => socket.end(response)));
    const { receivedBytes } = await sendGet(createClient(), `http://127.0.0.1:${port}`, limits);
    expect(receivedBytes).toBe(response.length);
  });
});

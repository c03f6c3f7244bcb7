import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { closeAll, startRawUpstream, startServer, startUpstream } from '../fixtures/loopback-upstream';
import { closePools, createPools, send, startCall } from '../fixtures/pooled-calls';

const code = (expected: string) => expect.objectContaining({ code: expected });
const url = (port: number) => `http://127.0.0.1:${port}`;

afterEach(async () => {
  await closePools();
  await closeAll();
});

describe('UpstreamPools and requests', () => {
  /** Responds with what arrived. */
  const startEcho = () =>
    startUpstream((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url: path, rawHeaders } = request;
        const hash = Buffer.concat(chunks).toString('base64');
        response.end(JSON.stringify({ method, path, rawHeaders, hash }));
      });
    });

  it.each([
    ['one part', [100]],
    ['a few small parts', [10, 5, 1000]],
    ['an empty part', [10, 0, 10]],
    ['no bytes', []],
    ['a large part', [1_000_000]],
    ['large parts', [20, 10, 3_000_000, 100_000]],
  ])('send a body of %s with its length', async (_case, sizes) => {
    const { port } = await startEcho();
    const body = sizes.map((size, index) => Buffer.alloc(size, 97 + index));
    const headers = ['content-type', 'application/json', 'x-own', 'a b'];
    const response = await send(createPools(), `${url(port)}/v1/x?beta=true`, { body, headers });
    const seen = JSON.parse(response.body.toString()) as Record<string, string> & { rawHeaders: string[] };
    const whole = Buffer.concat(body);
    expect(seen).toMatchObject({ method: 'POST', path: '/v1/x?beta=true', hash: whole.toString('base64') });
    expect(seen.rawHeaders).toEqual([
      ...['host', `127.0.0.1:${port}`, 'connection', 'keep-alive', ...headers],
      ...['content-length', String(whole.length)],
    ]);
  });

  it('reuse one connection for consecutive calls of all accounts', async () => {
    const { port, connections } = await startEcho();
    const pools = createPools();
    for (const accountId of ['a', 'b', 'a']) await send(pools, url(port), { accountId });
    expect(connections()).toBe(1);
  });

  it('open a connection for each of 50 concurrent calls and keep them', async () => {
    const { port, connections } = await startUpstream((request, response) => response.end(request.url));
    const pools = createPools();
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 50 }, (_, index) => send(pools, `${url(port)}/${index}`));
      const bodies = (await Promise.all(calls)).map(({ body }) => body.toString());
      expect(bodies).toEqual(calls.map((_, index) => `/${index}`));
    }
    expect(connections()).toBe(50);
  });

  it('do not wait for more bytes before they send', async () => {
    const noDelay = jest.spyOn(Socket.prototype, 'setNoDelay');
    const { port } = await startEcho();
    await send(createPools(), url(port));
    expect(noDelay).toHaveBeenCalledWith(true);
    noDelay.mockRestore();
  });

  it('report a header that HTTP does not permit as an error of the call', async () => {
    const { port, connections } = await startEcho();
    const response = startCall(createPools(), url(port), { headers: ['x', 'a\r\nb'] });
    expect(response.error).toBeNull();
    await response.settled();
    expect(response.error).toEqual(code('upstream_unreachable'));
    expect(connections()).toBe(0);
  });
});

describe('UpstreamPools and responses', () => {
  const respond = (text: string) => startRawUpstream((socket) => socket.once('data', () => socket.end(text)));

  it('pass status, headers and chunks as they arrive', async () => {
    const { port } = await startUpstream((_request, response) => {
      response.writeHead(418, {
        'content-type': 'text/event-stream',
        'x-a': ['1', '2'],
        'set-cookie': ['c'],
      });
      response.write('a');
      setTimeout(() => response.end('b'), 20);
    });
    const { status, headers, chunks } = await send(createPools(), url(port));
    expect({ status, chunks: chunks.map(String) }).toEqual({ status: 418, chunks: ['a', 'b'] });
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-a': '1, 2', 'set-cookie': 'c' });
  });

  it('pass responses without a body', async () => {
    const { port, connections } = await startUpstream((_request, response) => response.writeHead(204).end());
    const pools = createPools();
    for (let calls = 0; calls < 2; calls++)
      expect(await send(pools, url(port))).toMatchObject({ status: 204, chunks: [] });
    expect(connections()).toBe(1);
  });

  it('ignore informational responses', async () => {
    const { port } = await startUpstream((_request, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</a>; rel=preload' }, () => response.end('ok'));
    });
    const { status, headers, body } = await send(createPools(), url(port));
    expect([status, headers.link, String(body)]).toEqual([200, undefined, 'ok']);
  });

  it.each([301, 302, 303, 304, 307, 308])('are an error for a redirect %i', async (status) => {
    const { port, connections } = await startUpstream((request, response) => {
      response.writeHead(status, { location: `/elsewhere/sk-0123456789abcdef${request.url}` }).end();
    });
    const secrets = ['sk-0123456789abcdef'];
    const { error } = await startCall(createPools(), `${url(port)}/a`, { secrets }).settled();
    expect(error).toMatchObject({
      code: 'llm_providers.upstream_request_failed',
      upstreamStatus: status,
      detail: expect.stringContaining('/elsewhere/'),
    });
    expect(JSON.stringify(error)).not.toContain('sk-0123456789abcdef');
    expect(connections()).toBe(1);
  });

  it.each([
    ['headers of more than 16 KiB', `HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(20)}\r\n`],
    ['bytes that are not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['an invalid chunk size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ])('are invalid with %s', async (_case, text) => {
    const { port } = await respond(text);
    await expect(send(createPools(), url(port))).rejects.toEqual(
      code('llm_providers.upstream_invalid_response'),
    );
  });

  it.each([
    ['before the headers', ''],
    ['inside the headers', 'HTTP/1.1 200 OK\r\ncontent-'],
    ['inside a body of known length', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'],
    ['inside a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab'],
    ['between two chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n'],
    [
      'between two chunks of a connection that ends',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n',
    ],
    [
      'inside a body of known length on a connection that ends',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 100\r\n\r\nabc',
    ],
  ])('are an error if the connection ends %s', async (_case, text) => {
    const { port, connections } = await respond(text);
    await expect(send(createPools(), url(port))).rejects.toEqual(code('upstream_unreachable'));
    expect(connections()).toBe(1);
  });

  it('may end with the connection if they say so', async () => {
    const { port } = await respond('HTTP/1.0 200 OK\r\n\r\nwhole');
    expect(String((await send(createPools(), url(port))).body)).toBe('whole');
  });

  it('open another connection after one that the upstream closes', async () => {
    const server = createServer((_request, response) => response.setHeader('connection', 'close').end('ok'));
    const { port, connections } = await startServer(server);
    const pools = createPools();
    for (let calls = 0; calls < 3; calls++) await send(pools, url(port));
    expect(connections()).toBe(3);
  });

  it('do not reuse a connection with an unsent rest of the request', async () => {
    const { port, connections } = await startUpstream((_request, response) => response.end('early'));
    const pools = createPools();
    for (let calls = 0; calls < 2; calls++) {
      const { body } = await send(pools, url(port), { body: [Buffer.alloc(32 << 20)] });
      expect(String(body)).toBe('early');
    }
    expect(connections()).toBe(2);
  });
});

describe('UpstreamPools at shutdown', () => {
  it('end calls in every phase, and start no other', async () => {
    const waiting = await startRawUpstream((socket) => socket.resume());
    const streaming = await startUpstream((_request, response) => void response.writeHead(200).write('a'));
    const pools = createPools({}, { resolve: () => new Promise(() => {}) });
    const stream = startCall(pools, url(streaming.port));
    await new Promise((resolve) => stream.events.once('data', resolve));
    const calls = [stream, startCall(pools, url(waiting.port)), startCall(pools, 'http://slow.example:8000')];
    await pools.onApplicationShutdown();
    calls.push(startCall(pools, url(waiting.port)));
    for (const call of calls) expect((await call.settled()).error).toEqual(code('upstream_unreachable'));
  });
});

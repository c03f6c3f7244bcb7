import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type ResolveHost } from '../egress/host-resolver';
import {
  closeAll,
  type CountedServer,
  resolveTo,
  startRawUpstream,
  startUpstream,
} from '../fixtures/loopback-upstream';
import {
  closePools,
  createPools,
  type RecordedResponse,
  send,
  startCall,
  until,
} from '../fixtures/pooled-calls';

const url = (port: number) => `http://127.0.0.1:${port}`;
/** More than the buffers of both sockets hold. */
const UNREAD = Buffer.alloc(4 << 20, 0x20);

/** Waits until the client has closed every socket. No keep-alive limit does it in this time. */
const untilClosed = ({ open }: CountedServer) => until(async () => (await open()) === 0);

const untilConnected = ({ connections }: CountedServer) => until(() => connections() > 0);

afterEach(async () => {
  await closePools();
  await closeAll();
});

describe('an aborted call of UpstreamPools', () => {
  it('ends a lookup and opens no connection', async () => {
    const server = await startRawUpstream((socket) => socket.resume());
    const signals: AbortSignal[] = [];
    const resolve: ResolveHost = async (host, context) => {
      signals.push(context.signal);
      await sleep(100);
      return resolveTo('127.0.0.1')(host, context);
    };
    const response = startCall(createPools({}, { resolve }), `http://late.example:${server.port}`);
    response.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await sleep(200);
    expect([server.connections(), response.late]).toEqual([0, []]);
  });

  it('closes a socket in the TLS handshake', async () => {
    const server = await startRawUpstream((socket) => socket.resume());
    const response = startCall(createPools(), `https://127.0.0.1:${server.port}`);
    await untilConnected(server);
    response.abort();
    await untilClosed(server);
    expect(response.late).toEqual([]);
  });

  it('closes its socket while the request is being sent', async () => {
    const sockets: Socket[] = [];
    const server = await startRawUpstream((socket) => void sockets.push(socket.pause()));
    const body = [Buffer.alloc(16 << 20), Buffer.alloc(16 << 20)];
    const response = startCall(createPools(), url(server.port), { body });
    await untilConnected(server);
    await sleep(50);
    response.abort();
    // A server learns of the end only when it reads.
    sockets[0]!.resume();
    await untilClosed(server);
    expect(sockets[0]!.bytesRead).toBeLessThan(32 << 20);
    expect(response.late).toEqual([]);
  });

  const streaming = (response: ServerResponse) => void response.writeHead(200).write('a');
  it.each([
    ['while it waits for headers', undefined, () => undefined],
    ['after the headers', 'headers', (response: ServerResponse) => response.writeHead(200).flushHeaders()],
    ['in the middle of the body', 'data', streaming],
    ['inside of a chunk', 'data', (response: ServerResponse) => void response.writeHead(200).write(UNREAD)],
    [
      'in the middle of a body that is decoded',
      'data',
      (response: ServerResponse) =>
        void response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync(UNREAD)),
    ],
  ])('closes its socket %s', async (_case, event, reply) => {
    const server = await startUpstream((_request, response) => reply(response));
    const response = startCall(createPools(), url(server.port));
    if (event)
      await new Promise<void>((resolve) => response.events.once(event, () => (response.abort(), resolve())));
    else {
      await untilConnected(server);
      await sleep(50);
      response.abort();
    }
    await untilClosed(server);
    expect(response.late).toEqual([]);
  });

  it('closes its socket while it is paused', async () => {
    const server = await startUpstream((_request, response) => void response.writeHead(200).write(UNREAD));
    const response = startCall(createPools(), url(server.port));
    response.onChunk = () => response.call.pause();
    await once(response.events, 'data');
    await sleep(50);
    response.abort();
    await untilClosed(server);
    expect(response.late).toEqual([]);
  });

  it('leaves the connections of other calls alone', async () => {
    const open: ServerResponse[] = [];
    const server = await startUpstream((_request, response) => {
      open.push(response);
      response.writeHead(200).write('a');
    });
    const pools = createPools();
    const start = async () => {
      const response = startCall(pools, url(server.port));
      await once(response.events, 'data');
      return response;
    };
    const [first, second, third] = [await start(), await start(), await start()] as RecordedResponse[];
    second!.abort();
    for (const response of open) response.end('b');
    for (const response of [first!, third!]) expect(String((await response.settled()).body)).toBe('ab');
    expect(second!.late).toEqual([]);
    const next = startCall(pools, url(server.port));
    await once(next.events, 'data');
    expect(server.connections()).toBe(3);
    next.abort();
  });

  it('does nothing to the next call on its connection after it has ended', async () => {
    const server = await startUpstream((request, response) => {
      if (request.url === '/slow') setTimeout(() => response.end('slow'), 100);
      else response.end('fast');
    });
    const pools = createPools();
    const first = await send(pools, url(server.port));
    const second = startCall(pools, `${url(server.port)}/slow`);
    first.abort();
    first.call.pause();
    first.call.resume();
    expect(String((await second.settled()).body)).toBe('slow');
    expect(server.connections()).toBe(1);
  });

  it('may be aborted more than once, and in its own end', async () => {
    const server = await startUpstream((_request, response) => response.end('ok'));
    const response = startCall(createPools(), url(server.port));
    response.events.once('settled', () => response.call.abort());
    await response.settled();
    response.abort();
    response.abort();
    expect([response.error, response.late]).toEqual([null, []]);
  });
});

describe('the sockets of UpstreamPools', () => {
  const withHeaders = (status: number, headers: Record<string, string>) => (response: ServerResponse) => {
    response.writeHead(status, headers).write(UNREAD);
  };
  it.each([
    ['a redirect', withHeaders(307, { location: '/elsewhere' })],
    ['an unknown encoding', withHeaders(200, { 'content-encoding': 'zstd' })],
    ['a body that is not gzip', withHeaders(200, { 'content-encoding': 'gzip' })],
    ['a rejection that is not gzip', withHeaders(500, { 'content-encoding': 'gzip' })],
    ['a body that stalls', (response) => void response.writeHead(200).write('{')],
    ['headers that stall', () => undefined],
  ] as readonly (readonly [string, (response: ServerResponse) => void])[])(
    'are closed after %s',
    async (_case, reply) => {
      const server = await startUpstream((_request, response) => reply(response));
      const pools = createPools();
      const calls = Array.from({ length: 5 }, () => send(pools, url(server.port), { deadlineMs: 500 }));
      await Promise.allSettled(calls);
      await untilClosed(server);
    },
  );
});
